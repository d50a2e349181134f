"""Who worked with release 0.1.0 keeps the rights that everybody had: it asked nobody what they may do."""

AREAS = ("admin", "part_category", "part", "bom", "stock_location", "stock", "build", "purchase_order", "price")
MODELS = (("outwork", "User"), ("auth", "Group"), ("outwork", "Owner"), ("outwork", "Role"))
EVERYBODY = "Everybody"
PROGRAM = "outwork"


def keep_rights(apps, schema_editor):
    """Make every user an owner, and put those who are not superusers into one group that may do everything."""
    models = {name: apps.get_model(label, name) for label, name in MODELS}
    users, groups, owners, roles = (model.objects.using(schema_editor.connection.alias) for model in models.values())
    Owner, Role = models["Owner"], models["Role"]
    people = users.exclude(username=PROGRAM)
    owners.bulk_create(Owner(user=user) for user in people)
    working = people.filter(is_superuser=False, is_active=True)
    if working.exists():
        group, _ = groups.get_or_create(name=EVERYBODY)
        rights = dict.fromkeys(("may_view", "may_add", "may_change", "may_delete"), True)
        roles.bulk_create(Role(group=group, area=area, **rights) for area in AREAS)
        group.user_set.add(*working)
    owners.bulk_create(Owner(group=group) for group in groups.all())
    if schema_editor.connection.vendor == "postgresql":
        # What is checked at the end would keep the tables busy for the steps that are still to come.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
