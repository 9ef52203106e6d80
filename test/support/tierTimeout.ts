/** From the tier's settings in jest.config.mjs. */
declare const tierTimeout: number;

jest.setTimeout(tierTimeout);
