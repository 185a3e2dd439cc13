/** A model as the CLI describes it; what is not named here stays as it is. */
interface CatalogueModel {
  readonly slug?: unknown;
  readonly visibility?: unknown;
  /** The lower, the more the CLI prefers it. */
  readonly priority?: unknown;
  readonly [property: string]: unknown;
}

export interface Catalogue {
  /** For the CLI: the same models without the tools and the prompts that come with them. */
  readonly json: string;
  /** Those that are offered for use, the CLI's preferred one first. */
  readonly models: readonly string[];
}

/** What brings tools of the CLI's own, or instructions for them. */
const dropped: ReadonlySet<string> = new Set(['apply_patch_tool_type', 'tool_mode', 'multi_agent_version', 'model_messages']);
/** Near the end of a model's window the CLI has it sum up the conversation, in a call of its own, and goes on with that: nothing comes near this one. */
const ENDLESS = 1e12;
const replaced = {
  context_window: ENDLESS,
  max_context_window: ENDLESS,
  auto_compact_token_limit: ENDLESS,
  // Results of functions are the client's, and go on whole.
  truncation_policy: { mode: 'tokens', limit: 1_000_000_000 },
  experimental_supported_tools: [],
  supports_search_tool: false,
  base_instructions: '',
  include_skills_usage_instructions: false,
  include_plugin_usage_instructions: false,
  include_apps_usage_instructions: false,
  upgrade: null,
};

/**
 * Makes plain chat models of what `codex debug models` prints: the tools that a model brings along cannot be switched off otherwise.
 *
 * @throws where it prints something else
 */
export function leanCatalogue(printed: string): Catalogue {
  const { models, ...rest } = JSON.parse(printed) as { readonly models?: unknown };
  if (!Array.isArray(models) || models.length === 0) throw new Error('codex debug models lists no models');
  const known = models as CatalogueModel[];
  const lean = known.map((model) => ({ ...Object.fromEntries(Object.entries(model).filter(([name]) => !dropped.has(name))), ...replaced }));
  const offered = known
    .filter(({ visibility }) => visibility === undefined || visibility === 'list')
    .toSorted((one, other) => rankOf(one) - rankOf(other))
    .flatMap(({ slug }) => (typeof slug === 'string' ? [slug] : []));
  return { json: JSON.stringify({ ...rest, models: lean }), models: offered };
}

function rankOf({ priority }: CatalogueModel): number {
  return typeof priority === 'number' ? priority : Number.MAX_SAFE_INTEGER;
}
