"""Roles, and the permissions they are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from crm_backend.access import queries, services
from crm_backend.access.permissions import PERMISSIONS
from crm_backend.access.roles import Role
from server.api import ABSENT, Call, In, Noun, Out, Patch, VersionedOut

noun = Noun("roles", fr="Rôles et permissions", en="Roles and permissions")
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$"), Field(examples=["returns_team"])]
Name = Annotated[str, StringConstraints(min_length=1, max_length=services.LONGEST_NAME, strip_whitespace=True)]
Granted = Annotated[
    list[Annotated[str, StringConstraints(max_length=80)]],
    Field(max_length=len(PERMISSIONS), examples=[["orders.read", "orders.refund"]]),
]


class RoleNames(In):
    fr: Name = Field(examples=["Équipe retours"])
    en: Name = Field(examples=["Returns team"])


class RoleNamesPatch(Patch):
    fr: Name = ABSENT
    en: Name = ABSENT


class RoleNamesOut(Out):
    fr: str = Field(examples=["Équipe retours"])
    en: str = Field(examples=["Returns team"])


class RoleOut(VersionedOut):
    key: str = Field(examples=["returns_team"])
    name: RoleNamesOut
    permissions: list[str] = Field(examples=[["orders.read", "orders.refund"]])
    built_in: bool = Field(description="Whether it comes with Relais, and does not change.")


class RoleIn(In):
    key: Key
    name: RoleNames
    permissions: Granted


class RolePatch(Patch):
    name: RoleNamesPatch = ABSENT
    permissions: Granted = ABSENT


class PermissionOut(Out):
    key: str = Field(examples=["orders.refund"])
    name: RoleNamesOut


class PermissionsOut(Out):
    items: list[PermissionOut]


class RolesOut(Out):
    items: list[RoleOut]


@noun.get("/permissions", needs="agents.read", fr="Lister les permissions", en="List permissions")
async def list_permissions(call: Call) -> PermissionsOut:
    return PermissionsOut(
        items=[PermissionOut(key=key, name=RoleNamesOut(**name)) for key, name in PERMISSIONS.items()]
    )


@noun.get("/roles", needs="agents.read", fr="Lister les rôles", en="List roles")
async def list_roles(call: Call) -> RolesOut:
    return RolesOut(items=[_role(role) for role in await queries.roles(call.session)])


@noun.post(
    "/roles",
    needs="agents.configure",
    fr="Créer un rôle",
    en="Make a role",
    status=201,
    more={
        "fr": "Nul ne donne une permission qu’il n’a pas lui-même.",
        "en": "Nobody grants a permission that they do not have themselves.",
    },
)
async def add_role(call: Call, body: RoleIn) -> RoleOut:
    made = await services.add_role(
        call.session, actor=call.actor, key=body.key, name=body.name.model_dump(), permissions=body.permissions
    )
    return _role(made)


@noun.get("/roles/{key}", needs="agents.read", fr="Lire un rôle", en="Read a role")
async def read_role(call: Call, key: Key) -> RoleOut:
    return _role(await queries.role(call.session, key))


@noun.patch("/roles/{key}", needs="agents.configure", fr="Modifier un rôle", en="Change a role")
async def change_role(call: Call, key: Key, body: RolePatch) -> RoleOut:
    given = body.given()
    changed = await services.change_role(
        call.session,
        key,
        actor=call.actor,
        version=call.version,
        name=given["name"].given() if "name" in given else None,
        permissions=given.get("permissions"),
    )
    call.after(call.means.wakes.look_again)
    return _role(changed)


@noun.delete("/roles/{key}", needs="agents.configure", fr="Supprimer un rôle", en="Delete a role", versioned=True)
async def delete_role(call: Call, key: Key) -> None:
    await services.delete_role(call.session, key, actor=call.actor, version=call.version)


def _role(role: Role) -> RoleOut:
    return RoleOut(
        key=role.key,
        name=RoleNamesOut(**role.name),
        permissions=sorted(role.permissions),
        built_in=role.built_in,
        version=role.version,
    )
