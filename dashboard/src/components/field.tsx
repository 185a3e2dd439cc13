import { type ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  /** The control, which takes these attributes. */
  readonly children: (control: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: 'true' }) => ComponentChildren;
}

/** A control with its label, a hint, and what is wrong with it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const words = hint !== undefined || error !== undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(words && { 'aria-describedby': `${id}-words` }), ...(error !== undefined && { 'aria-invalid': 'true' }) })}
      <div id={`${id}-words`} class="field-words" aria-live="polite">
        {error === undefined ? hint : <span class="field-error">{error}</span>}
      </div>
    </div>
  );
}
