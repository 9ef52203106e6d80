/**
 * For the waits of a loop: jest ends although the loop goes on, as one does whose test has failed or run out of time.
 */
export const unheld = { ref: false } as const;
