import { type Template, type TemplateSummary } from '../../templates/template.js';

/** A template as a list shows it, without its texts. Times are seconds since 1970. */
export interface TemplateEntry {
  readonly name: string;
  readonly object: 'template';
  readonly description: string | null;
  /** The names that need a value. */
  readonly variables: readonly string[];
  /** Every client can read it. */
  readonly shared: boolean;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface TemplateObject extends TemplateEntry {
  readonly template: string;
  readonly system: string | null;
}

export function encodeEntry({ name, description, variables, shared, createdAt, updatedAt }: TemplateSummary): TemplateEntry {
  return {
    name,
    object: 'template',
    description: description ?? null,
    variables,
    shared,
    created_at: Math.floor(createdAt / 1000),
    updated_at: Math.floor(updatedAt / 1000),
  };
}

export function encodeTemplate(template: Template): TemplateObject {
  return { ...encodeEntry(template), template: template.template, system: template.system ?? null };
}
