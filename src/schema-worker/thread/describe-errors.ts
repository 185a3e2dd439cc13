import { type ErrorObject } from 'ajv';

const MAX_ERRORS = 20;
const MAX_CHARACTERS = 300;

/** Validation errors in words, for a model to mend and a client to read; bounded. @param root the word for the value itself */
export function describeErrors(errors: readonly ErrorObject[], root: string): readonly string[] {
  const words = errors.slice(0, MAX_ERRORS).map((error) => {
    const { instancePath, message = 'is wrong' } = error;
    return `${instancePath === '' ? root : instancePath} ${message}${detailOf(error)}`.slice(0, MAX_CHARACTERS);
  });
  return [...new Set(words)];
}

/** What the message leaves out. */
function detailOf({ params }: ErrorObject): string {
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = params as Readonly<Record<string, unknown>>;
  const property = additionalProperty ?? unevaluatedProperty;
  if (typeof property === 'string') return `: ${JSON.stringify(property)}`;
  const allowed = allowedValues ?? allowedValue;
  return allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`;
}
