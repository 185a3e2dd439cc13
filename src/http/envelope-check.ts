import { type Type } from '@nestjs/common';
import { getMetadataStorage, type ValidationArguments, ValidationTypes } from 'class-validator';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Fields = Readonly<Record<string, unknown>>;
type Condition = (object: object, value: unknown) => boolean;

/** One property of a DTO, with the rules that its decorators made. */
interface Property {
  readonly name: string;
  /** Where one of them does not hold, the property is not looked at. */
  readonly conditions: readonly Condition[];
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly validate: (value: unknown, args: ValidationArguments) => unknown;
  readonly constraints: unknown[];
}

/**
 * Whether an envelope keeps the rules of its DTO's decorators, asked of them directly: class-validator's own walk makes 20 kB of objects for each body, a seventh of
 * all that a passed-through request made. It says no in doubt too; what is wrong, and in which words, is for class-validator to say.
 */
export class EnvelopeCheck {
  readonly #properties: readonly Property[] | undefined;

  constructor(dto: Type<object>) {
    const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    const names = [...new Set(metadata.map(({ propertyName }) => propertyName))];
    this.#properties = metadata.every(isPlain) ? names.map((name) => propertyOf(name, metadata)) : undefined;
  }

  passes(body: object): boolean {
    return this.#properties?.every((property) => keeps(property, body as Fields)) ?? false;
  }
}

/** Decided at once, and of the value alone: nothing nested, nothing for each of a list, nothing to wait for. */
function isPlain({ type, each, validateIf, constraintCls }: Metadata): boolean {
  if (type === ValidationTypes.CONDITIONAL_VALIDATION) return true;
  const isRule = type === ValidationTypes.CUSTOM_VALIDATION || type === ValidationTypes.IS_DEFINED;
  return isRule && !each && validateIf === undefined && constraintsOf(constraintCls).every(({ async }) => !async);
}

function propertyOf(name: string, metadata: readonly Metadata[]): Property {
  const own = metadata.filter(({ propertyName }) => propertyName === name);
  return {
    name,
    conditions: own.filter(isCondition).map(({ constraints: [condition] }) => condition as Condition),
    rules: own
      .filter((each) => !isCondition(each))
      .flatMap(({ constraintCls, constraints }) =>
        constraintsOf(constraintCls).map(({ instance }) => ({ validate: (value, args) => instance.validate(value, args), constraints: constraints as unknown[] })),
      ),
  };
}

function isCondition({ type }: Metadata): boolean {
  return type === ValidationTypes.CONDITIONAL_VALIDATION;
}

function constraintsOf(constraint: Metadata['constraintCls']): ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']> {
  return getMetadataStorage().getTargetValidatorConstraints(constraint);
}

function keeps({ name, conditions, rules }: Property, body: Fields): boolean {
  const value = body[name];
  for (const condition of conditions) if (!condition(body, value)) return true;
  for (const { validate, constraints } of rules) {
    if (validate(value, { targetName: '', property: name, object: body, value, constraints }) !== true) return false;
  }
  return true;
}
