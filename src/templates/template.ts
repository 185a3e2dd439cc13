/** What a client writes. */
export interface TemplateDefinition {
  readonly template: string;
  /** How the model is to answer; undefined: nothing is said of it. */
  readonly system: string | undefined;
  readonly description: string | undefined;
  /** The names that have to be given values, of both texts. */
  readonly variables: readonly string[];
}

/** A template without its texts. */
export interface TemplateSummary extends Pick<TemplateDefinition, 'description' | 'variables'> {
  readonly name: string;
  /** Every client may read it. */
  readonly shared: boolean;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A prompt with places for values. */
export interface Template extends TemplateSummary, TemplateDefinition {}

/** A template with its values in place. */
export interface RenderedTemplate {
  readonly text: string;
  readonly system: string | undefined;
}
