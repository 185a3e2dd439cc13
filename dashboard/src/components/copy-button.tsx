import { useSignal } from '@preact/signals';
import { notify } from './notices.tsx';
import { Icon } from './icon.tsx';

/** Copies a text, and says so. `what` is named for who does not see what stands before it. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const done = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      done.value = true;
      notify('Copied.');
      setTimeout(() => (done.value = false), 2000);
    } catch {
      // Only pages of https and of localhost may write there.
      notify('The browser does not allow it here: mark the text and copy it.');
    }
  };
  return (
    <button type="button" class="button icon-only" data-kind="quiet" data-size="small" aria-label={`Copy ${what}`} title={`Copy ${what}`} onClick={() => void copy()}>
      <Icon name={done.value ? 'check' : 'copy'} />
    </button>
  );
}
