import * as pulumi from "@pulumi/pulumi";

/** An error of the program that is shown as its text alone, also when it is thrown in an `apply`. */
export function runError(text: string): pulumi.RunError {
  return withoutStack(new pulumi.RunError(text));
}

/**
 * As long as the program runs, the SDK shows the errors of its own classes by their text; for one that is thrown later, in
 * an `apply` that nothing exported waits for, it prints the stack of any.
 */
export function withoutStack<E extends Error>(error: E): E {
  error.stack = error.message;
  return error;
}
