import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeReport } from "../../../../../cli/audit/about";
import { FolderStore } from "../../../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../../../cli/audit/backends/selfManagedBackend";
import { collect } from "../../../../../cli/audit/collect";
import { type Check, checkStatement } from "../../../../../cli/audit/evidence/checkStatement";
import { parseStatement } from "../../../../../cli/audit/evidence/readStatement";
import { type Statement, toStatement, type WrittenReport } from "../../../../../cli/audit/evidence/statement";
import { toJsonText } from "../../../../../cli/safeJson";
import { record, revocation, StackHistory, tokenId } from "../../../../support/stackHistory";

/** A folder with a backend, of which statements are made and checked. */
export class EvidenceFolder {
  readonly folder = mkdtempSync(join(tmpdir(), "evidence-"));
  readonly history = new StackHistory();
  private readonly backend = new SelfManagedBackend(new FolderStore(this.folder));

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Revokes one more token, and so makes one more deployment. */
  revoke(n: number, more: object = {}): void {
    const made = record(tokenId(n), this.history.at());
    const kept = [...this.history.resources.values()];
    this.history.deploy([...kept, revocation(`r${n}`, { ...made, reason: "leaked", ticket: "SEC-1", ...more })]);
    this.history.write(this.folder);
  }

  async statement(written: readonly WrittenReport[] = [], previous?: string): Promise<Statement> {
    const stacks = await this.backend.stacks();
    const sources = await Promise.all(stacks.map((stack) => this.backend.open(stack)));
    const { report, evidence } = await collect(sources);
    const about = describeReport({ madeAt: "2026-11-26T09:00:00Z", filters: {}, leftOut: 0, asked: null, missing: [] });
    return toStatement({ about, ...report }, evidence, written, previous);
  }

  check(statement: Statement, previous?: Statement): Promise<Check> {
    const kept = parseStatement(toJsonText(statement));
    const before = previous && parseStatement(toJsonText(previous));
    return checkStatement("audit.intoto.json", kept, before, this.backend);
  }

  /** The files, by their names below `.pulumi`. */
  files(): string[] {
    const entries = readdirSync(join(this.folder, ".pulumi"), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return files.map((file) => file.slice(join(this.folder, ".pulumi").length + 1)).toSorted();
  }

  /** The first file of this kind. */
  file(kind: RegExp): string {
    const file = this.files().find((name) => kind.test(name));
    if (file === undefined) throw new Error(`There is no file like ${kind}`);
    return join(this.folder, ".pulumi", file);
  }

  edit(kind: RegExp, change: (text: string) => string): void {
    const file = this.file(kind);
    const text = readFileSync(file, "utf8");
    const edited = change(text);
    if (edited === text) throw new Error("The edit changes nothing");
    writeFileSync(file, edited);
  }
}
