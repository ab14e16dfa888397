export function makeBundles(): string;
