import { CopyButton } from './copy-button.tsx';
import './command.css';

/** Something to type into a terminal, or any other text to take away whole. */
export function Command({ text, what = 'command' }: { readonly text: string; readonly what?: string }) {
  return (
    <div class="command">
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
