/** Rejects where `work` takes longer than `ms` milliseconds. When this process itself was held up, what has come meanwhile is read first. */
export function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        setImmediate(() => {
          reject(new Error('Command timed out'));
        });
      });
    }, ms);
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
