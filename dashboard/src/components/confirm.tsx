import { useSignal } from '@preact/signals';
import { type ComponentChildren } from 'preact';
import { shown } from '../api/api-error.ts';
import { Dialog } from './dialog.tsx';
import { Message } from './message.tsx';

interface ConfirmProps {
  readonly title: string;
  readonly label: string;
  readonly danger?: boolean;
  readonly action: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ title, label, danger = true, action, onClose, children }: ConfirmProps) {
  const failure = useSignal<string>();
  const busy = useSignal(false);
  const act = async (): Promise<void> => {
    busy.value = true;
    try {
      await action();
      onClose();
    } catch (error) {
      failure.value = shown(error).message;
      busy.value = false;
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {failure.value !== undefined && <Message kind="bad" title={failure.value} />}
      <div class="row">
        <button type="button" class="button" data-kind={danger ? 'danger' : 'primary'} disabled={busy.value} onClick={() => void act()}>
          {label}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
