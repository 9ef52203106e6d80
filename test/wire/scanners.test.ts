import { github, gitlab, gitleaks, kingfisher, scannerTests } from "./scanners";

for (const scanner of [gitleaks, gitlab, kingfisher, github]) scannerTests(scanner);
