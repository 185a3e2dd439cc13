import { computed, effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const key = 'shellm-theme';

/** What was chosen, kept in this browser; the system's own by default. */
export const theme = signal<Theme>(stored());

const system = signal(matchMedia('(prefers-color-scheme: dark)').matches);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => (system.value = matches));

/** Whether it is light or dark in the end: for what is drawn, and does not follow by itself. */
export const scheme = computed(() => (theme.value === 'system' ? (system.value ? 'dark' : 'light') : theme.value));

/** Switched on once, at the start: `data-theme` follows what is chosen. */
export function followTheme(): void {
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    try {
      localStorage.setItem(key, theme.value);
    } catch {
      // A browser that keeps nothing: it lasts as long as the page.
    }
  });
}

function stored(): Theme {
  try {
    const kept = localStorage.getItem(key);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}
