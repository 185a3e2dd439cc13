import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, shown } from '../api/api-error.ts';

export interface Resource<T> {
  /** What was read last, also while it is read anew, and when that failed. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  /** What is there is of another key: what was asked for is under way. */
  readonly stale: boolean;
  /** When it was read. */
  readonly at: number | undefined;
  readonly reload: () => void;
}

interface Read<T> {
  readonly key?: string;
  readonly data?: T;
  readonly error?: ApiError;
  readonly at?: number;
  readonly loading: boolean;
}

/**
 * What a page shows of the gateway: read at first, whenever `key` changes, and every so many milliseconds while somebody looks at the page.
 * What was there stays until the new is.
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>, every?: number): Resource<T> {
  const [read, setRead] = useState<Read<T>>({ loading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const aborter = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      setRead((before) => ({ ...before, loading: true }));
      try {
        const data = await latest.current(aborter.signal);
        if (!aborter.signal.aborted) setRead({ key, data, at: Date.now(), loading: false });
      } catch (error) {
        if (!aborter.signal.aborted) setRead((before) => ({ ...before, error: shown(error), loading: false }));
      }
      if (every !== undefined && !aborter.signal.aborted) timer = setTimeout(whenVisible, every);
    };
    const whenVisible = () => {
      if (!document.hidden) void run();
      else document.addEventListener('visibilitychange', whenVisible, { once: true, signal: aborter.signal });
    };
    void run();
    return () => {
      aborter.abort();
      clearTimeout(timer);
    };
  }, [key, every, round]);

  const reload = useCallback(() => {
    setRound((before) => before + 1);
  }, []);
  return { data: read.data, error: read.error, at: read.at, loading: read.loading, stale: read.key !== key, reload };
}
