import { plainLine } from "../../../provider/text/plainLine";
import { UsageError } from "../../usageError";

/** A backend's address, as Pulumi takes it apart: `s3://bucket/folder?region=eu-west-1`. */
export class StoreAddress {
  readonly #url: URL;
  /** The bucket, the container. */
  readonly host: string;
  /** What stands before each key: empty, or with a slash at its end. */
  readonly prefix: string;

  constructor(readonly text: string) {
    if (!URL.canParse(text)) {
      // What is wrong may be a password: nothing of it is shown.
      throw new UsageError(
        "The backend's address is not a URL: encode what is special in it, such as / in a password as %2F.",
      );
    }
    this.#url = new URL(text);
    this.host = this.#url.host;
    if (this.host === "" && this.#url.protocol !== "postgres:") {
      throw new UsageError(
        `The backend's address names no bucket or container: write it like ${this.#url.protocol}//NAME.`,
      );
    }
    const path = decoded(this.#url.pathname).replace(/^\/+/, "");
    this.prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
  }

  /** The address without parameters, and without user and password. */
  get shown(): string {
    return plainLine(`${this.#url.protocol}//${this.host}${decoded(this.#url.pathname)}`);
  }

  /** Undefined where it is absent or empty. */
  parameter(name: string): string | undefined {
    return this.#url.searchParams.get(name) || undefined;
  }

  /** Whether a parameter is true, in the words that Go's `strconv.ParseBool` knows. */
  isSet(name: string): boolean {
    return isTrue(this.parameter(name));
  }
}

/** @param text as Go's `strconv.ParseBool` takes it */
export function isTrue(text: string | undefined): boolean {
  return /^(1|t|T|TRUE|true|True)$/.test(text ?? "");
}

/** A text without what addresses in it could keep secret: user and password, and parameters such as a signature. */
export function withoutSecrets(text: string): string {
  // A password may hold a space and an @ as they are.
  const plain = text.replace(/([a-z][a-z0-9+]{0,20}:\/\/)[^\n/]*@/gi, "$1…@");
  return plainLine(plain.replace(/([a-z][a-z0-9+]{0,20}:\/\/[^\s?"']*\?)[^\s"']+/gi, "$1…"));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
