import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";

/** A Pulumi project. */
export interface Project {
  /** Its Pulumi.yaml. */
  readonly file: string;
  /** Undefined: the file gives none. */
  readonly name: string | undefined;
  /** The working directory of its program. */
  readonly programFolder: string;
  /** The backend that it is bound to; undefined: to none. */
  readonly backendUrl: string | undefined;
}

const File = v.object({
  name: v.optional(v.string()),
  main: v.optional(v.string()),
  backend: v.optional(v.nullable(v.object({ url: v.optional(v.string()) }))),
});

/** The project whose folder this is, or is in. */
export async function findProject(folder: string): Promise<Project | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].map((name) => join(at, name)).find(existsSync);
    if (file !== undefined) {
      const { parseDocument } = await import("yaml");
      const parsed = v.safeParse(File, parseDocument(readFileSync(file, "utf8")).toJS());
      const { name, main = "", backend } = parsed.success ? parsed.output : {};
      return { file, name, programFolder: programFolder(at, main), backendUrl: backend?.url || undefined };
    }
    if (dirname(at) === at) return undefined;
  }
}

/** As the engine sets it: `main` may name a folder or a file in it. */
function programFolder(project: string, main: string): string {
  const path = resolve(project, main);
  return main === "" || statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
}
