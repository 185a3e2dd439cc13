import { type ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';
import './message.css';

interface MessageProps {
  readonly kind: 'info' | 'good' | 'warn' | 'bad';
  readonly title: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A sentence that wants to be read: an error, a warning, good news. */
export function Message({ kind, title, actions, children }: MessageProps) {
  return (
    <div class="message" data-kind={kind} role={kind === 'bad' ? 'alert' : undefined}>
      <Icon name={kind === 'good' ? 'check' : kind === 'info' ? 'info' : 'warning'} />
      <div class="message-text">
        <p class="message-title">{title}</p>
        {children}
      </div>
      {actions !== undefined && <div class="row">{actions}</div>}
    </div>
  );
}
