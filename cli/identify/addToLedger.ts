import { closeSync, existsSync, openSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { NO_LIST, type ParsedLedger, parseLedger, problemLine } from "../../provider/core/ledger";
import { findProject } from "../audit/project";
import { whyUnread, whyUnwritten, writeWhole } from "../output";
import { UsageError } from "../usageError";
import { type NewEntry, withEntries } from "./newEntries";

/** What became of tokens that were to be added. */
export interface Additions {
  /** Ids of tokens that the ledger did not list. */
  readonly added: readonly string[];
  /** Ids of tokens that it lists already; their entries are left as they are. */
  readonly listed: readonly string[];
  /** Whether the file was made. */
  readonly created: boolean;
}

/** An entry to be added, if its token is not listed yet. */
export interface Candidate extends NewEntry {
  readonly tokenId: string;
}

const BYTE_ORDER_MARK = "\ufeff";

/** What a new ledger begins with: editors then complete and check its fields. */
const NEW_LEDGER =
  "# yaml-language-server: $schema=node_modules/pulumi-datadog-revocation/revocations.schema.json\nrevocations:\n";

/**
 * A ledger that entries are added to. The file is replaced whole, after what is to be written was read back: a run that
 * fails leaves it as it was.
 */
export class LedgerFile {
  private constructor(
    readonly path: string,
    /** As the user knows it. */
    readonly name: string,
  ) {}

  /**
   * Finds the ledger that a path means. A bare name that is not in this folder is the project's, where its program looks
   * for it: a second ledger in another folder would be read by nothing.
   *
   * @param folder where the project is looked for, upwards
   * @throws UsageError where there is no project
   */
  static async find(path: string, folder = process.cwd()): Promise<LedgerFile> {
    const here = resolve(path);
    if (path !== basename(path) || existsSync(here)) return new LedgerFile(here, path);
    const project = await findProject(folder);
    if (!project) {
      const where = "not in this folder, and no Pulumi project (Pulumi.yaml) is in it or above";
      throw new UsageError(`${path} is ${where}. Run this in the project, or give the path of its ledger.`);
    }
    const places = [project.programFolder, dirname(project.file)].map((place) => join(place, path));
    const inProject = places.find(existsSync) ?? join(project.programFolder, path);
    const shown = relative(process.cwd(), inProject);
    return new LedgerFile(inProject, shown.startsWith(`..${sep}`.repeat(4)) ? inProject : shown);
  }

  /** What is wrong with the ledger as it is, a line each; none where there is no file yet. */
  problems(): string[] {
    const ledger = this.#read();
    return ledger === undefined ? [] : this.#linesOf(listed(ledger));
  }

  /**
   * Adds the tokens that are not listed yet.
   *
   * @throws UsageError when the ledger has problems or cannot be written; it is unchanged then
   */
  async add(candidates: readonly Candidate[]): Promise<Additions> {
    // Two names of one file are one file, with one lock.
    const path = existsSync(this.path) ? realpathSync(this.path) : this.path;
    return withLock(path, path === this.path ? this.name : path, async () => {
      const known = this.#read();
      const ledger = listed(known ?? parse(NEW_LEDGER));
      this.#demandNone(ledger);
      const ids = new Set(ledger.entries.map(({ tokenId }) => tokenId));
      const fresh = candidates.filter(({ tokenId }) => !ids.has(tokenId));
      if (fresh.length > 0) {
        const text = withEntries(ledger, fresh);
        this.#demandAll(parse(text), ledger, fresh);
        await writeWhole(path, `${ledger.hasMark ? BYTE_ORDER_MARK : ""}${text}`);
      }
      const idsOf = (some: readonly Candidate[]): string[] => some.map(({ tokenId }) => tokenId);
      return {
        added: idsOf(fresh),
        listed: idsOf(candidates.filter((each) => !fresh.includes(each))),
        created: known === undefined && fresh.length > 0,
      };
    });
  }

  #read(): ParsedLedger | undefined {
    try {
      // Reading a pipe or a terminal would wait for ever.
      if (!statSync(this.path).isFile())
        throw new UsageError(`${this.name} is not a file: give --add-to a file, such as revocations.yaml.`);
      return parseLedger(readFileSync(this.path));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new UsageError(`Cannot read ${this.name}: ${whyUnread(error)}.`);
    }
  }

  #linesOf({ problems }: ParsedLedger): string[] {
    return problems.map((problem) => problemLine(this.name, problem));
  }

  #demandNone(ledger: ParsedLedger): void {
    const [problem] = this.#linesOf(ledger);
    if (problem !== undefined) throw new UsageError(`${problem}. The file is unchanged: mend it, then run this again.`);
  }

  /** The last word before the file is replaced: what it said it says still, and what is new is declared. */
  #demandAll(after: ParsedLedger, before: ParsedLedger, fresh: readonly Candidate[]): void {
    const expected = [...before.entries, ...fresh].map(({ tokenId }) => tokenId);
    const isSame = before.entries.every((entry, index) => isDeepStrictEqual(entry, after.entries[index]));
    const isAll = isDeepStrictEqual(
      after.entries.map(({ tokenId }) => tokenId),
      expected,
    );
    if (isSame && isAll && after.problems.length === 0) return;
    throw new UsageError(
      `${this.name} is written in a way that entries cannot be added to: write revocations: as a list, an entry a line. The file is unchanged.`,
    );
  }
}

function parse(text: string): ParsedLedger {
  return parseLedger(Buffer.from(text));
}

/** The same with a list, if that is all it lacks: an empty file, one of comments alone, or of `defaults` alone. */
function listed(ledger: ParsedLedger): ParsedLedger {
  const [problem, ...others] = ledger.problems;
  if (problem?.text !== NO_LIST || others.length > 0) return ledger;
  const { text } = ledger;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const missing = text === "" || text.endsWith("\n") ? "" : end;
  const completed = parse(`${text}${missing}revocations:${end}`);
  return { ...completed, hasMark: ledger.hasMark };
}

/** How long another run may take to write a few lines. */
const PATIENCE = 5_000;

/** Two runs at once must not lose an entry, so each reads and writes alone. */
async function withLock<T>(path: string, name: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new UsageError(`Cannot write beside ${name}: ${whyUnwritten(error)}.`);
      }
      if (Date.now() > until) {
        const what = `Another run is adding to ${name}: ${name}.lock exists.`;
        throw new UsageError(`${what} If none is, delete that file, and run this again. Nothing was added.`);
      }
      await setTimeout(50);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}
