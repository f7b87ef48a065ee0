/** The methods that Python calls by an operator or a builtin: proxies have them. `null`: the value has no such method. */
export function methodOf(value: unknown, name: string): ((...args: unknown[]) => unknown) | null {
  if (value === null || value === undefined) return null;
  const method = (value as Record<string, unknown>)[name];
  return typeof method === 'function' ? (method.bind(value) as (...args: unknown[]) => unknown) : null;
}
