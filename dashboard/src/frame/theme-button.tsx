import { Icon, type IconName } from '../components/icon.tsx';
import { type Theme, theme } from './theme.ts';

const themes: Readonly<Record<Theme, { icon: IconName; words: string; next: Theme }>> = {
  system: { icon: 'contrast', words: 'as the system has it', next: 'light' },
  light: { icon: 'sun', words: 'light', next: 'dark' },
  dark: { icon: 'moon', words: 'dark', next: 'system' },
};

export function ThemeButton() {
  const { icon, words, next } = themes[theme.value];
  const label = `Colours: ${words}. Change to ${themes[next].words}`;
  return (
    <button type="button" class="button icon-only" data-kind="quiet" aria-label={label} title={label} onClick={() => (theme.value = next)}>
      <Icon name={icon} />
    </button>
  );
}
