import { type ComponentChildren } from 'preact';
import './check.css';

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  /** What it switches, and a word on it. */
  readonly children: ComponentChildren;
}

/** A box to tick, with its label. */
export function Check({ checked, onChange, disabled = false, children }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
      <span>{children}</span>
    </label>
  );
}
