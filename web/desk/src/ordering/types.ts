// An order and what is allowed for it, as the API tells them.

export interface Whole {
  id: string;
  version: number;
  number: string;
  currency: string;
  total_minor: number;
  address: Address;
  lines: { id: string; quantity: number }[];
}

export interface Address {
  name: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postcode: string;
  country: string;
}

export interface Allowed {
  refundable_minor: number;
  lines: { id: string; returnable: number; back: { allowed: boolean }; warranty: { allowed: boolean } }[];
}
