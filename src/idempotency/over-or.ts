/** Resolves when a run is over, or after `ms` milliseconds; rejects with the signal's reason. */
export function overOr(over: Promise<void> | undefined, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      reject(signal.reason as Error);
      settle();
    };
    const timer = setTimeout(settle, ms);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave);
    void over?.then(settle);
  });
}
