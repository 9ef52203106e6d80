import { publicPortion, UNKNOWN } from "../../provider/tokens/tokenIds";
import { fc } from "./cases";

const LETTERS_AND_DIGITS = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];

/** Any UUID by shape, whatever its version. */
export const tokenId = fc
  .bigInt({ min: 0n, max: (1n << 128n) - 1n })
  .map((number) =>
    number
      .toString(16)
      .padStart(32, "0")
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  )
  .filter((id) => id !== UNKNOWN);
const prefix = fc.constantFrom("ddpat_", "ddsat_");
const secret = fc
  .array(fc.constantFrom(...LETTERS_AND_DIGITS), { minLength: 36, maxLength: 36 })
  .map((digits) => digits.join(""));
export const token = fc.record({ tokenId, prefix, secret }).map((parts) => ({
  ...parts,
  value: `${parts.prefix}${publicPortion(parts.tokenId)}_${parts.secret}`,
}));
