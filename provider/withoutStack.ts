/**
 * An error whose text alone is shown. As long as the program runs, the SDK does that for the errors of its own classes;
 * for one that is thrown later, in an `apply` that nothing exported waits for, it prints the stack of any.
 */
export function withoutStack<E extends Error>(error: E): E {
  error.stack = error.message;
  return error;
}
