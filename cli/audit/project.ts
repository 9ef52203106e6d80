import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as v from "valibot";

/** A Pulumi project. */
export interface Project {
  /** Its Pulumi.yaml. */
  readonly file: string;
  /** Undefined: the file gives none. */
  readonly name: string | undefined;
  /** The backend that it is bound to; undefined: to none. */
  readonly backendUrl: string | undefined;
}

const File = v.object({
  name: v.optional(v.string()),
  backend: v.optional(v.nullable(v.object({ url: v.optional(v.string()) }))),
});

/** The project whose folder this is, or is in. */
export async function findProject(folder: string): Promise<Project | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].map((name) => join(at, name)).find(existsSync);
    if (file !== undefined) {
      const { parseDocument } = await import("yaml");
      const parsed = v.safeParse(File, parseDocument(readFileSync(file, "utf8")).toJS());
      const { name, backend } = parsed.success ? parsed.output : {};
      return { file, name, backendUrl: backend?.url || undefined };
    }
    if (dirname(at) === at) return undefined;
  }
}
