import { useCallback } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';

/** What a page shows is part of its address, so that it can be kept and passed on: its query, and what changes it (undefined takes a name out). */
export function useAddress(): readonly [URLSearchParams, (change: Readonly<Record<string, string | undefined>>) => void] {
  const [here, go] = useLocation();
  const query = new URLSearchParams(useSearch());
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) => {
      const next = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) next.delete(name);
        else next.set(name, value);
      }
      go(next.size > 0 ? `${here}?${next.toString()}` : here, { replace: true });
    },
    [here, go],
  );
  return [query, change];
}
