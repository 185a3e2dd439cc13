import { type Provider as NestProvider, type Type } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { plainToInstance, Transform } from 'class-transformer';
import { validateSync } from 'class-validator';
import 'reflect-metadata';

const VARIABLES = Symbol('environment variables');

/** A value of the environment or the configuration file that cannot be used. Its message is one line that names it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

interface Variable {
  readonly variable: string;
  readonly keepsEmpty: boolean;
  readonly secret: boolean;
}

interface EnvOptions {
  /** An empty variable counts as unset, but for one that keeps it: its checks refuse it. */
  readonly keepsEmpty?: boolean;
  /** Its value holds one, and is never shown. */
  readonly secret?: boolean;
}

/** Every class with a variable, in the order in which they were loaded: for {@link declaredVariables}. */
export const settingsClasses = new Set<Type<object>>();

/** Names the environment variable that a settings property is read from. */
export function Env(variable: string, { keepsEmpty = false, secret = false }: EnvOptions = {}): PropertyDecorator {
  return (target, property) => {
    settingsClasses.add(target.constructor as Type<object>);
    Reflect.defineMetadata(VARIABLES, new Map(variablesOf(target)).set(String(property), { variable, keepsEmpty, secret }), target);
  };
}

/** The variables of a settings class, by the property that each is read into. */
export function variablesOf(target: object): ReadonlyMap<string, Variable> {
  return (Reflect.getMetadata(VARIABLES, target) as ReadonlyMap<string, Variable> | undefined) ?? new Map<string, Variable>();
}

/** Reads `on`/`off`, `true`/`false`, `1`/`0`, `yes`/`no` in any case; anything else is left for `@IsBoolean()` to refuse. */
export function Switch(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (typeof value !== 'string') return value;
    if (/^(on|true|1|yes)$/i.test(value)) return true;
    return /^(off|false|0|no)$/i.test(value) ? false : value;
  });
}

/** Reads a comma-separated list; blanks around the entries and empty entries are dropped. */
export function List(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((entry) => entry.trim())
          .filter((entry) => entry !== '')
      : value,
  );
}

/** Reads a whole number; anything else is left for `@IsInt()` to refuse. */
export function Int(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value));
}

/**
 * Fills a settings class from the environment.
 *
 * @param read gives a variable's text, or undefined where it is not set
 * @throws ConfigurationError that names the variable and says what it must be; its value is not shown, it may be a secret
 */
export function readSettings<T extends object>(settings: Type<T>, read: (variable: string) => string | undefined): T {
  const { instance, problems } = examineSettings(settings, read);
  if (problems[0] !== undefined) throw new ConfigurationError(problems[0]);
  return instance;
}

/** The same, with all that is wrong: a line a variable. */
export function examineSettings<T extends object>(
  settings: Type<T>,
  read: (variable: string) => string | undefined,
): { readonly instance: T; readonly problems: readonly string[] } {
  const variables = variablesOf(settings.prototype as object);
  const plain: Record<string, string> = {};
  for (const [property, { variable, keepsEmpty }] of variables) {
    const text = read(variable);
    if (text !== undefined && (keepsEmpty || text.trim() !== '')) plain[property] = text;
  }
  const instance = plainToInstance(settings, plain, { exposeDefaultValues: true });
  const problems = validateSync(instance, { skipMissingProperties: false, forbidUnknownValues: false }).map(({ property, constraints }) => {
    // The topmost decorator is evaluated last, and says the most basic thing.
    const problem = Object.values(constraints ?? {}).at(-1) ?? 'is not valid';
    return `${variables.get(property)?.variable ?? property}: ${problem.replace(`${property} `, '')}`;
  });
  return { instance: Object.freeze(instance), problems };
}

/** A Nest provider for a settings class, read and checked once at start. */
export function provideSettings<T extends object>(settings: Type<T>): NestProvider<T> {
  return {
    provide: settings,
    inject: [ConfigService],
    useFactory: (config: ConfigService) => readSettings(settings, (variable) => config.get<string>(variable)),
  };
}
