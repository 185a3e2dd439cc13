import { type Type } from '@nestjs/common';
import { otherVariables } from './declare-variables.js';
import { settingsClasses, variablesOf } from './settings.js';

/** An environment variable that the gateway, or a program of its, reads. */
export interface DeclaredVariable {
  readonly name: string;
  /** The settings class and the property of it that it is read into; undefined where there is none: it is passed on, or read before there are settings. */
  readonly into: { readonly settings: Type<object>; readonly property: string } | undefined;
  /** What the property is where the variable is not set. */
  readonly default: unknown;
  /** Its value is never shown. */
  readonly secret: boolean;
}

/** All that are declared by what is loaded: after `app.module` is, all there are. A variable that several classes read is there once. */
export function declaredVariables(): readonly DeclaredVariable[] {
  const found = new Map<string, DeclaredVariable>();
  for (const name of otherVariables) found.set(name, { name, into: undefined, default: undefined, secret: /(KEY|TOKEN|SECRET)$/.test(name) });
  for (const settings of settingsClasses) {
    const defaults = new settings() as Readonly<Record<string, unknown>>;
    for (const [property, { variable: name, secret }] of variablesOf(settings.prototype as object)) {
      if (!found.has(name)) found.set(name, { name, into: { settings, property }, default: defaults[property], secret });
    }
  }
  return [...found.values()];
}
