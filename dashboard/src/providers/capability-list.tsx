const words = { native: 'its own', emulated: 'by the gateway', none: 'not possible' } as const;

/** What can be asked of a provider. */
export function CapabilityList({ capabilities }: { readonly capabilities: Readonly<Record<string, keyof typeof words>> }) {
  return (
    <ul class="capabilities">
      {Object.entries(capabilities).map(([name, support]) => (
        <li key={name} data-support={support} title={`${name}: ${support}, ${words[support]}`}>
          {name.replaceAll('_', ' ')}
          <span class="sr-only">: {support}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the marks mean; once a page. */
export function CapabilityLegend() {
  return (
    <ul class="capabilities legend" aria-hidden="true">
      {Object.entries(words).map(([support, meaning]) => (
        <li key={support} data-support={support}>
          {support}: {meaning}
        </li>
      ))}
    </ul>
  );
}
