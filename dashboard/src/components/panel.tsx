import { type ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './panel.css';

interface PanelProps {
  readonly title: ComponentChildren;
  readonly note?: ComponentChildren;
  /** Buttons and the like, beside the title. */
  readonly actions?: ComponentChildren;
  /** The content reaches the edges: a table. */
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}

/** A titled part of a page. */
export function Panel({ title, note, actions, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span class="panel-note">{note}</span>}
        {actions !== undefined && <div class="panel-actions">{actions}</div>}
      </header>
      <div class={flush ? 'panel-body flush' : 'panel-body'}>{children}</div>
    </section>
  );
}
