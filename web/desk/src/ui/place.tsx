// Sending a place: a map's address or coordinates are pasted, and what people call the place is said beside them.

import { MapPin, X } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { coordinates } from "../places";
import type { Place } from "../types";
import { Icon, IconButton } from "./bits";
import { useText } from "./hooks";
import { MoreForm } from "./more-form";

interface PlaceButtonProps {
  open: boolean;
  onToggle(): void;
}

export function PlaceButton({ open, onToggle }: PlaceButtonProps) {
  const t = useText();
  return <IconButton icon={MapPin} label={t.place.add} pressed={open} onClick={onToggle} testId="place" />;
}

interface PlaceFormProps {
  onAdd(place: Place): void;
  onClose(): void;
}

export function PlaceForm({ onAdd, onClose }: PlaceFormProps) {
  const t = useText();
  const trouble = useId();
  const where = useRef<HTMLInputElement>(null);
  const [pasted, setPasted] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [wrong, setWrong] = useState(false);
  useEffect(() => where.current?.focus(), []);
  const add = (): void => {
    const found = coordinates(pasted);
    setWrong(!found);
    if (found) onAdd({ ...found, name: name.trim() || null, address: address.trim() || null });
    else where.current?.focus();
  };
  return (
    <MoreForm label={t.place.add} testId="place" trouble={wrong ? t.place.wrong : null} troubleId={trouble} onAdd={add} onClose={onClose}>
      <label class="field field-wide">
        <span>{t.place.where}</span>
        <input
          ref={where} value={pasted} maxLength={2000} data-testid="place-where" aria-invalid={wrong} aria-describedby={wrong ? trouble : undefined}
          placeholder="45.7578, 4.8320" dir="ltr" onInput={(event) => setPasted(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t.place.name}</span>
        <input value={name} maxLength={200} dir="auto" data-testid="place-name" onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{t.place.address}</span>
        <input value={address} maxLength={200} dir="auto" data-testid="place-address" onInput={(event) => setAddress(event.currentTarget.value)} />
      </label>
    </MoreForm>
  );
}

/** A place that goes with the answer. */
export function PlaceChip({ place, onRemove }: { place: Place; onRemove(): void }) {
  const t = useText();
  const name = place.name || place.address || t.shared.place;
  return (
    <ul class="tray">
      <li class="chip" data-testid="place-chip">
        <Icon of={MapPin} />
        <span class="file-words">
          <span class="file-name" dir="auto">{name}</span>
          <span class="file-note">{place.latitude.toFixed(5)}, {place.longitude.toFixed(5)}</span>
        </span>
        <IconButton icon={X} label={t.files.remove(name)} onClick={onRemove} />
      </li>
    </ul>
  );
}
