/** Fields of the body that are the gateway's own and no vendor's. */
const ownFields = new Set(['provider', 'fallback', 'template', 'variables', 'conversation_id', 'cache', 'callback_url']);

/** The client's body for the vendor: its model name, none of the gateway's own fields, everything else as sent. */
export function vendorBody(body: Readonly<Record<string, unknown>>, model: string): Record<string, unknown> {
  const vendor: Record<string, unknown> = {};
  for (const field in body) if (!ownFields.has(field)) vendor[field] = body[field];
  vendor['model'] = model;
  return vendor;
}
