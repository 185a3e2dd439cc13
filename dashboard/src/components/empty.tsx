import { type ComponentChildren } from 'preact';
import './empty.css';

/** Nothing there yet, and what brings something. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
