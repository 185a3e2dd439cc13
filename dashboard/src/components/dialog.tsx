import { type ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  /** How it is dismissed; left out: only by what is in it. */
  readonly onClose?: () => void;
  /** As a panel along the side, for what is long. */
  readonly side?: boolean;
  readonly children: ComponentChildren;
}

/** A modal dialog, open for as long as it is rendered. The browser keeps the focus in it, closes it at Escape, and gives the focus back. */
export function Dialog({ title, onClose, side = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={side ? 'dialog side' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        // What is inside covers the dialog itself: only its backdrop is hit.
        if (event.target === dialog.current) onClose?.();
      }}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          {onClose && (
            <button type="button" class="button icon-only" data-kind="quiet" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </header>
        <div class="dialog-body stack">{children}</div>
      </div>
    </dialog>
  );
}
