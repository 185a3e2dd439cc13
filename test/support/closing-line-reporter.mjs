/** Prints the sums of a run alone on its last line, for whatever reads the output of a CI run. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites }) {
    // At exit: Jest's own summary comes after all reporters.
    process.once('exit', () => {
      process.stdout.write(`\n${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed, ${numPendingTests + numTodoTests} skipped\n`);
    });
  }
}
