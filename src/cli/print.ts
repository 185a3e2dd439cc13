/** A line of the answer, on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The answer for programs: one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** A line beside the answer, on stderr: what a program that reads the answer does not want. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
