import { type TemplateEntry, type TemplateObject } from './template-object.js';

export const definition = { template: 'Summarise this for {{ audience }}:\n\n{{text}}', system: 'You are an editor.', description: 'A summary for somebody' };

export const entryExample: TemplateEntry = {
  name: 'summary',
  object: 'template',
  description: definition.description,
  variables: ['audience', 'text'],
  shared: false,
  created_at: 1790000000,
  updated_at: 1790000420,
};

export const templateExample: TemplateObject = { ...entryExample, template: definition.template, system: definition.system };

export const listExample = { object: 'list', data: [entryExample], has_more: false };
