const names: Readonly<Record<string, string>> = { claude: 'anthropic', codex: 'openai', gemini: 'gcp.gemini' };

/** A provider's name in the GenAI conventions (https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/#gen-ai-provider-name); others are called as here. */
export function genAiProvider(id: string): string {
  return names[id] ?? id;
}
