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

interface Decision {
  allowed: boolean;
}

export interface Allowed {
  cancel: Decision;
  change_address: Decision;
  back: Decision;
  warranty: Decision;
  refund: Decision;
  refundable_minor: number;
  lines: { id: string; returnable: number; back: Decision; warranty: Decision }[];
}
