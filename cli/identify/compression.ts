/** A format whose content is compressed, so that values in it do not stand in the file's bytes. */
export interface Compression {
  readonly name: string;
  /** The command that writes the content to its output, for a file's name as a shell takes it. */
  unpack(file: string): string;
}

/** How many of a file's first bytes tell its format. */
export const ENOUGH = 16;

/** The first bytes as hexadecimal digits. */
const FORMATS: readonly (Compression & { readonly begins: RegExp })[] = [
  { begins: /^1f8b08/, name: "gzip", unpack: (file) => `zcat < ${file}` },
  { begins: /^504b(0304|0506|0708)/, name: "zip", unpack: (file) => `unzip -p ${file}` },
  { begins: /^28b52ffd/, name: "zstd", unpack: (file) => `zstdcat ${file}` },
  { begins: /^fd377a585a00/, name: "xz", unpack: (file) => `xzcat ${file}` },
  { begins: /^425a683[1-9](314159265359|177245385090)/, name: "bzip2", unpack: (file) => `bzcat ${file}` },
  { begins: /^377abcaf271c/, name: "7z", unpack: (file) => `7z x -so ${file}` },
  { begins: /^04224d18/, name: "lz4", unpack: (file) => `lz4cat ${file}` },
  { begins: /^526172211a07/, name: "rar", unpack: (file) => `unrar p -inul ${file}` },
  { begins: /^1f(9d|a0)/, name: "compress", unpack: (file) => `zcat < ${file}` },
  { begins: /^78(01|9c|da)/, name: "zlib, as git's objects", unpack: (file) => `zlib-flate -uncompress < ${file}` },
  { begins: /^255044462d/, name: "PDF", unpack: (file) => `pdftotext ${file} -` },
  {
    begins: /^4c504b5348485248/,
    name: "systemd journal",
    unpack: (file) => `journalctl --all -o export --file=${file}`,
  },
];

/** How a file that begins so is compressed, or what is in it; undefined for any other. */
export function compressionOf(beginning: Uint8Array): Compression | undefined {
  const digits = Buffer.from(beginning.subarray(0, ENOUGH)).toString("hex");
  return FORMATS.find(({ begins }) => begins.test(digits));
}
