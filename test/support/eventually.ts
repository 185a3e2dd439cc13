/** Waits until a condition holds; throws after `timeout` milliseconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, timeout = 2000): Promise<void> {
  const until = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`the condition did not come true within ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
