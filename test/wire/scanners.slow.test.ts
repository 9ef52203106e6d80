import { betterleaks, betterleaks2, scannerTests, trufflehog } from "./scanners";

for (const scanner of [betterleaks, betterleaks2, trufflehog]) scannerTests(scanner);
