import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { demandCommand } from "./processes";

const root = join(__dirname, "../..");

/** As Pulumi calls them. */
export type SdkLanguage = "python" | "go" | "nodejs" | "dotnet";

/**
 * Makes the SDK for a language, as `pulumi package add` does: with Pulumi's own generator, which Go compiles the first
 * time. Fails at anything that Pulumi has to say about the schema.
 *
 * @param folder is made anew
 */
export async function generateSdk(language: SdkLanguage, folder: string): Promise<void> {
  const generator = await compileGenerator(language === "dotnet" ? ["-modfile=dotnet.mod", "-tags=dotnet"] : []);
  rmSync(folder, { recursive: true, force: true });
  await demandCommand(generator, [join(root, "plugin/schema.json"), language, folder]);
}

/** @param flags one of the releases of Pulumi has all generators but C#'s, another one that alone */
async function compileGenerator(flags: readonly string[]): Promise<string> {
  const binary = join(root, ".cache/sdkGenerator", flags.length > 0 ? "dotnet" : "others");
  if (!existsSync(binary)) process.stderr.write("Compiling Pulumi's generators of SDKs: minutes, once\n");
  // Compiled as the engine is, it shares what that left in Go's cache.
  await demandCommand("go", ["build", "-trimpath", "-buildvcs=false", ...flags, "-o", binary, "."], {
    cwd: join(__dirname, "sdkGenerator"),
    env: { CGO_ENABLED: "0" },
  });
  return binary;
}
