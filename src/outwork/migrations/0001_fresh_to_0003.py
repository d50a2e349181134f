from importlib import import_module

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.migrations.operations.special
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import outwork.models.fields
import outwork.rules.places
import outwork.rules.states

_counting = import_module("outwork.migrations.0002_sqlite_counts_every_table")


class Migration(migrations.Migration):
    replaces = [
        ("outwork", "0001_initial"),
        ("outwork", "0002_sqlite_counts_every_table"),
        ("outwork", "0003_the_whole_domain"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="auth.group"
                    ),
                ),
                ("area", models.CharField(max_length=32)),
                ("may_view", models.BooleanField(default=False)),
                ("may_add", models.BooleanField(default=False)),
                ("may_change", models.BooleanField(default=False)),
                ("may_delete", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("group", "area"), name="role_of_a_group_in_an_area_is_one_row")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField()),
                ("word", models.CharField(max_length=50)),
            ],
            options={
                "indexes": [models.Index(fields=["subject_kind", "word"], name="tag_by_word")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id", "word"), name="tag_is_put_on_a_subject_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ParameterTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("unit", models.CharField(default="", max_length=20)),
                ("description", models.CharField(default="", max_length=250)),
                ("choices", models.JSONField(default=list)),
                ("is_checkbox", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("rate", outwork.models.fields.RateField()),
            ],
            options={
                "ordering": ["currency", "day"],
                "constraints": [
                    models.UniqueConstraint(fields=("currency", "day"), name="exchange_rate_is_stated_once_a_day"),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="exchange_rate_is_positive"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100, unique=True)),
                ("value", models.JSONField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, unique=True)),
                ("last", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="LocationType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("description", models.CharField(default="", max_length=250)),
                ("icon", models.CharField(default="", max_length=100)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owner",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="owner", to="auth.group"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", True), ("user__isnull", False)),
                            models.Q(("group__isnull", False), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="owner_is_a_user_or_a_group",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=255)),
                ("link", models.CharField(default="", max_length=2000)),
                ("digest", models.CharField(default="", max_length=64)),
                ("media_type", models.CharField(default="", max_length=100)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("comment", models.CharField(default="", max_length=250)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("uploaded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id"], name="attachment_by_subject"),
                    models.Index(
                        condition=models.Q(("digest", ""), _negated=True),
                        fields=["digest"],
                        name="attachment_by_digest",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link", ""), models.Q(("digest", ""), _negated=True)),
                            models.Q(models.Q(("link", ""), _negated=True), ("digest", "")),
                            _connector="OR",
                        ),
                        name="attachment_is_a_file_or_a_link",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField()),
                ("text", models.TextField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["subject_kind", "subject_id"], name="comment_by_subject")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Parameter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField()),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parameters",
                        to="outwork.parametertemplate",
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("number", models.FloatField(null=True)),
                ("note", models.CharField(default="", max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id", "template"), name="parameter_of_a_subject_is_stated_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ProjectCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=50, unique=True)),
                ("description", models.CharField(default="", max_length=200)),
                (
                    "responsible",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.owner"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("description", models.CharField(default="", max_length=500)),
                ("email", models.CharField(default="", max_length=254)),
                ("phone", models.CharField(default="", max_length=50)),
                ("website", models.CharField(default="", max_length=2000)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("is_supplier", models.BooleanField(default=True)),
                ("is_manufacturer", models.BooleanField(default=False)),
                ("is_customer", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("accepts_on_receipt", models.BooleanField(default=False)),
                ("tax_number", models.CharField(default="", max_length=50)),
                ("payment_terms", models.CharField(default="", max_length=100)),
                ("incoterm", models.CharField(default="", max_length=50)),
                (
                    "image",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="outwork.attachment",
                    ),
                ),
                ("note", models.TextField(default="")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "email"), name="company_name_and_email_are_unique_together")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="outwork.company"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("role", models.CharField(default="", max_length=100)),
                ("email", models.CharField(default="", max_length=254)),
                ("phone", models.CharField(default="", max_length=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addresses", to="outwork.company"
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("line1", models.CharField(default="", max_length=100)),
                ("line2", models.CharField(default="", max_length=100)),
                ("postal_code", models.CharField(default="", max_length=10)),
                ("city", models.CharField(default="", max_length=50)),
                ("province", models.CharField(default="", max_length=50)),
                ("country", models.CharField(default="", max_length=50)),
                ("link", models.CharField(default="", max_length=2000)),
                ("shipping_notes", models.CharField(default="", max_length=250)),
                ("internal_notes", models.CharField(default="", max_length=250)),
                ("is_primary", models.BooleanField(default=False)),
                ("is_seller", models.BooleanField(default=True)),
                ("is_shipper", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)),
                        fields=("company",),
                        name="address_is_primary_once_for_a_company",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="outwork.location",
                    ),
                ),
                ("description", models.CharField(default="", max_length=250)),
                ("path", models.CharField(default="", max_length=500)),
                (
                    "company",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locations",
                        to="outwork.company",
                    ),
                ),
                (
                    "location_type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locations",
                        to="outwork.locationtype",
                    ),
                ),
                ("icon", models.CharField(default="", max_length=100)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.owner"
                    ),
                ),
                ("is_structural", models.BooleanField(default=False)),
                ("is_external", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("parent", "name"), name="location_name_is_unique_under_its_parent"),
                    models.UniqueConstraint(
                        condition=models.Q(("parent__isnull", True)),
                        fields=("name",),
                        name="location_name_is_unique_at_the_top",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SupplierReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("reference_number", models.BigIntegerField(default=0)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplier_returns",
                        to="outwork.company",
                    ),
                ),
                ("supplier_reference", models.CharField(default="", max_length=64)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("replacement", "replacement"), ("rework", "rework"), ("credit", "credit")],
                        max_length=16,
                    ),
                ),
                ("paid_by", models.CharField(choices=[("us", "us"), ("supplier", "supplier")], max_length=8)),
                ("status", models.PositiveSmallIntegerField(default=20)),
                ("reason", models.CharField(max_length=500)),
                ("currency", models.CharField(max_length=3)),
                ("tracking_number", models.CharField(default="", max_length=100)),
                ("expected_date", models.DateField(null=True)),
                ("note", models.TextField(default="")),
                (
                    "responsible",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="outwork.category",
                    ),
                ),
                ("description", models.CharField(default="", max_length=250)),
                (
                    "default_location",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.location"
                    ),
                ),
                ("default_keywords", models.CharField(default="", max_length=250)),
                ("icon", models.CharField(default="", max_length=100)),
                ("is_structural", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("parent", "name"), name="category_name_is_unique_under_its_parent"),
                    models.UniqueConstraint(
                        condition=models.Q(("parent__isnull", True)),
                        fields=("name",),
                        name="category_name_is_unique_at_the_top",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PurchaseOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("reference_number", models.BigIntegerField(default=0)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_orders",
                        to="outwork.company",
                    ),
                ),
                ("supplier_reference", models.CharField(default="", max_length=64)),
                ("description", models.CharField(default="", max_length=250)),
                ("status", models.PositiveSmallIntegerField(default=outwork.rules.states.OrderStatus["DRAFT"])),
                ("currency", models.CharField(max_length=3)),
                (
                    "destination",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.location"
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.contact"
                    ),
                ),
                (
                    "address",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.address"
                    ),
                ),
                (
                    "project_code",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_orders",
                        to="outwork.projectcode",
                    ),
                ),
                ("payment_terms", models.CharField(default="", max_length=100)),
                ("incoterm", models.CharField(default="", max_length=50)),
                ("link", models.CharField(default="", max_length=2000)),
                ("note", models.TextField(default="")),
                ("version", models.PositiveIntegerField(default=1)),
                ("start_date", models.DateField(null=True)),
                ("target_date", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("placed_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(default="", max_length=100)),
                ("name", models.CharField(max_length=100)),
                ("revision", models.CharField(default="", max_length=100)),
                ("number_key", models.CharField(max_length=201, null=True, unique=True)),
                ("description", models.CharField(default="", max_length=250)),
                ("keywords", models.CharField(default="", max_length=250)),
                ("link", models.CharField(default="", max_length=2000)),
                ("unit", models.CharField(default="", max_length=20)),
                ("note", models.TextField(default="")),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="outwork.category",
                    ),
                ),
                (
                    "default_location",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.location"
                    ),
                ),
                (
                    "variant_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variants",
                        to="outwork.part",
                    ),
                ),
                (
                    "revision_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="outwork.part",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.part"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("is_assembly", models.BooleanField(default=False)),
                ("is_component", models.BooleanField(default=True)),
                ("is_trackable", models.BooleanField(default=False)),
                ("is_purchaseable", models.BooleanField(default=True)),
                ("is_salable", models.BooleanField(default=False)),
                ("is_virtual", models.BooleanField(default=False)),
                ("is_template", models.BooleanField(default=False)),
                ("is_consumable", models.BooleanField(default=False)),
                ("is_testable", models.BooleanField(default=False)),
                ("is_locked", models.BooleanField(default=False)),
                ("minimum_stock", outwork.models.fields.QuantityField(default=0)),
                ("maximum_stock", outwork.models.fields.QuantityField(default=0)),
                ("default_expiry_days", models.PositiveIntegerField(default=0)),
                (
                    "stage",
                    models.CharField(
                        choices=[("prototype", "prototype"), ("released", "released"), ("obsolete", "obsolete")],
                        default="released",
                        max_length=12,
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.owner"
                    ),
                ),
                ("harmonised_code", models.CharField(default="", max_length=20)),
                ("origin_country", models.CharField(default="", max_length=2)),
                ("weight", outwork.models.fields.QuantityField(null=True)),
                (
                    "image",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="outwork.attachment",
                    ),
                ),
                ("bom_checksum", models.CharField(default="", max_length=64)),
                ("bom_validated_at", models.DateTimeField(null=True)),
                (
                    "bom_validated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["number"], name="part_by_number"),
                    models.Index(fields=["minimum_stock"], name="part_by_minimum_stock"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("name", "number", "revision"), name="part_name_number_and_revision_are_unique_together"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("variant_of__isnull", True),
                            models.Q(("variant_of", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="part_is_not_its_own_variant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_stock__gte", 0)), name="part_minimum_stock_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("maximum_stock__gte", 0)), name="part_maximum_stock_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__isnull", True), ("weight__gt", 0), _connector="OR"),
                        name="part_weight_is_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BomLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "assembly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bom_lines", to="outwork.part"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="used_in", to="outwork.part"
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("quantity", outwork.models.fields.QuantityField(default=1)),
                ("designators", models.TextField(default="")),
                ("is_fitted", models.BooleanField(default=True)),
                ("is_optional", models.BooleanField(default=False)),
                ("is_consumable", models.BooleanField(default=False)),
                ("is_inherited", models.BooleanField(default=False)),
                ("allows_variants", models.BooleanField(default=False)),
                ("attrition", outwork.models.fields.QuantityField(default=0)),
                ("setup", outwork.models.fields.QuantityField(default=0)),
                ("rounding", outwork.models.fields.QuantityField(null=True)),
                ("note", models.CharField(default="", max_length=500)),
                ("checksum", models.CharField(default="", max_length=64)),
            ],
            options={
                "ordering": ["assembly_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="bom_line_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("assembly", models.F("part")), _negated=True),
                        name="bom_line_part_is_not_its_assembly",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attrition__gte", 0), ("attrition__lte", 100)),
                        name="bom_line_attrition_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("setup__gte", 0)), name="bom_line_setup_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rounding__isnull", True), ("rounding__gt", 0), _connector="OR"),
                        name="bom_line_rounding_is_positive",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RelatedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="related_to", to="outwork.part"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="related_from", to="outwork.part"
                    ),
                ),
                ("note", models.CharField(default="", max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("part", "other"), name="related_part_is_named_once"),
                    models.CheckConstraint(
                        condition=models.Q(("part", models.F("other")), _negated=True),
                        name="related_part_is_another_part",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="InternalPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="internal_prices", to="outwork.part"
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("price", outwork.models.fields.MoneyField()),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "ordering": ["part_id", "quantity"],
                "constraints": [
                    models.UniqueConstraint(fields=("part", "quantity"), name="internal_price_quantity_is_stated_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="internal_price_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)), name="internal_price_is_not_negative"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Build",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("reference_number", models.BigIntegerField(default=0)),
                ("title", models.CharField(default="", max_length=100)),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="builds", to="outwork.part"
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("status", models.PositiveSmallIntegerField(default=outwork.rules.states.BuildStatus["PENDING"])),
                ("is_external", models.BooleanField(default=False)),
                (
                    "manufacturer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="builds",
                        to="outwork.company",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="outwork.build",
                    ),
                ),
                ("feeds_parent", models.BooleanField(db_default=False)),
                (
                    "split_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="outwork.build",
                    ),
                ),
                (
                    "project_code",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="builds",
                        to="outwork.projectcode",
                    ),
                ),
                (
                    "take_from",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.location"
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.location"
                    ),
                ),
                ("batch", models.CharField(default="", max_length=100)),
                (
                    "consume",
                    models.CharField(choices=[("acceptance", "acceptance"), ("finish", "finish")], max_length=12),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("version", models.PositiveIntegerField(default=1)),
                ("priority", models.PositiveIntegerField(default=0)),
                (
                    "responsible",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("link", models.CharField(default="", max_length=2000)),
                ("note", models.TextField(default="")),
                ("start_date", models.DateField(null=True)),
                ("target_date", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("issued_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="build_quantity_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("is_external", True), ("manufacturer__isnull", True), _connector="OR"),
                        name="build_with_a_manufacturer_is_external",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_date__isnull", True),
                            ("target_date__isnull", True),
                            ("start_date__lte", models.F("target_date")),
                            _connector="OR",
                        ),
                        name="build_starts_before_its_target_date",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ManufacturerPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manufacturer_parts",
                        to="outwork.part",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manufacturer_parts",
                        to="outwork.company",
                    ),
                ),
                ("mpn", models.CharField(max_length=100)),
                ("description", models.CharField(default="", max_length=250)),
                ("link", models.CharField(default="", max_length=2000)),
            ],
            options={
                "indexes": [models.Index(fields=["mpn"], name="manufacturer_part_by_mpn")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("part", "manufacturer", "mpn"), name="manufacturer_part_is_known_once_for_a_part"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TestTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="test_templates", to="outwork.part"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=100)),
                ("description", models.CharField(default="", max_length=100)),
                ("is_required", models.BooleanField(default=True)),
                ("is_active", models.BooleanField(default=True)),
                ("needs_value", models.BooleanField(default=False)),
                ("needs_attachment", models.BooleanField(default=False)),
                ("choices", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("part", "key"), name="test_template_is_known_once_for_a_part")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="BomSubstitute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "bom_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="substitutes", to="outwork.bomline"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="substitute_in", to="outwork.part"
                    ),
                ),
                ("rank", models.PositiveIntegerField(default=0)),
                ("note", models.CharField(default="", max_length=500)),
                ("approved_by", models.CharField(default="", max_length=100)),
                ("approved_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["bom_line_id", "rank", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("bom_line", "part"), name="bom_substitute_is_named_once_on_a_line")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="BuildLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "build",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="outwork.build"
                    ),
                ),
                (
                    "bom_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="build_lines",
                        to="outwork.bomline",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="build_lines", to="outwork.part"
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("per_unit", outwork.models.fields.QuantityField()),
                ("attrition", outwork.models.fields.QuantityField(default=0)),
                ("setup", outwork.models.fields.QuantityField(default=0)),
                ("rounding", outwork.models.fields.QuantityField(null=True)),
                ("designators", models.TextField(default="")),
                ("is_optional", models.BooleanField(default=False)),
                ("is_consumable", models.BooleanField(default=False)),
                ("is_tracked", models.BooleanField(default=False)),
                ("allows_variants", models.BooleanField(default=False)),
                (
                    "supply",
                    models.CharField(
                        choices=[
                            ("we send", "we send"),
                            ("already there", "already there"),
                            ("they buy", "they buy"),
                            ("shipped direct", "shipped direct"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("consumed", outwork.models.fields.QuantityField(default=0)),
                ("since_revision", models.PositiveIntegerField(default=1)),
                ("until_revision", models.PositiveIntegerField(null=True)),
                ("note", models.CharField(default="", max_length=500)),
                ("deviation", models.CharField(db_default="", max_length=500)),
                ("approved_by", models.CharField(db_default="", max_length=100)),
                ("shares", models.JSONField(null=True)),
            ],
            options={
                "ordering": ["build_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("per_unit__gt", 0)), name="build_line_quantity_per_unit_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="build_line_quantity_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consumed__gte", 0)), name="build_line_consumed_is_not_negative"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SupplierPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supplier_parts", to="outwork.part"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supplier_parts", to="outwork.company"
                    ),
                ),
                ("sku", models.CharField(max_length=100)),
                (
                    "manufacturer_part",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplier_parts",
                        to="outwork.manufacturerpart",
                    ),
                ),
                ("description", models.CharField(default="", max_length=250)),
                ("link", models.CharField(default="", max_length=2000)),
                ("note", models.CharField(default="", max_length=100)),
                ("packaging", models.CharField(default="", max_length=50)),
                ("pack_quantity", models.CharField(default="1", max_length=25)),
                ("pack_size", outwork.models.fields.QuantityField(default=1)),
                ("multiple", models.PositiveIntegerField(default=1)),
                ("base_cost", outwork.models.fields.MoneyField(default=0)),
                ("lead_time_days", models.PositiveIntegerField(null=True)),
                ("available", outwork.models.fields.QuantityField(null=True)),
                ("available_at", models.DateTimeField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_primary", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["sku"], name="supplier_part_by_sku")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("part", "supplier", "sku"), name="supplier_part_is_known_once_for_a_part"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_primary", True)),
                        fields=("part",),
                        name="supplier_part_is_primary_once_for_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pack_size__gt", 0)), name="supplier_part_pack_size_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("multiple__gte", 1)), name="supplier_part_multiple_is_at_least_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BuildLineSubstitute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "build_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="substitutes", to="outwork.buildline"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.part"),
                ),
                ("rank", models.PositiveIntegerField(default=0)),
                ("is_for_this_build", models.BooleanField(db_default=False)),
                ("note", models.CharField(db_default="", max_length=500)),
                ("approved_by", models.CharField(db_default="", max_length=100)),
            ],
            options={
                "ordering": ["build_line_id", "rank", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("build_line", "part"), name="build_line_substitute_is_named_once_on_a_line"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SupplyChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "build_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supply_choices",
                        to="outwork.buildline",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.company"
                    ),
                ),
                (
                    "supply",
                    models.CharField(
                        choices=[
                            ("we send", "we send"),
                            ("already there", "already there"),
                            ("they buy", "they buy"),
                            ("shipped direct", "shipped direct"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("build_line", "manufacturer"), name="supply_is_stated_once_for_a_line_and_manufacturer"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PriceBreak",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "supplier_part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_breaks",
                        to="outwork.supplierpart",
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("price", outwork.models.fields.MoneyField()),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "ordering": ["supplier_part_id", "quantity"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("supplier_part", "quantity"), name="price_break_quantity_is_stated_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="price_break_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)), name="price_break_price_is_not_negative"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PurchaseLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="outwork.purchaseorder"
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "supplier_part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_lines",
                        to="outwork.supplierpart",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="purchase_lines", to="outwork.part"
                    ),
                ),
                (
                    "build",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_lines",
                        to="outwork.build",
                    ),
                ),
                ("pack_size", outwork.models.fields.QuantityField(default=1)),
                ("ordered", outwork.models.fields.QuantityField()),
                ("received", outwork.models.fields.QuantityField(default=0)),
                ("price", outwork.models.fields.MoneyField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("discount", outwork.models.fields.QuantityField(default=0)),
                (
                    "destination",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.location"
                    ),
                ),
                ("requested_date", models.DateField(null=True)),
                ("confirmed_date", models.DateField(null=True)),
                ("promised_date", models.DateField(null=True)),
                ("supplier_confirmation", models.CharField(default="", max_length=100)),
                ("is_closed", models.BooleanField(default=False)),
                ("reference", models.CharField(default="", max_length=100)),
                ("note", models.CharField(default="", max_length=500)),
            ],
            options={
                "ordering": ["order_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ordered__gt", 0)), name="purchase_line_ordered_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("received__gte", 0)), name="purchase_line_received_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pack_size__gt", 0)), name="purchase_line_pack_size_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("discount__gte", 0), ("discount__lte", 100)),
                        name="purchase_line_discount_is_a_percentage",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ExtraLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extra_lines",
                        to="outwork.purchaseorder",
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("freight", "freight"),
                            ("duty", "duty"),
                            ("one_off_engineering", "one_off_engineering"),
                            ("stencil", "stencil"),
                            ("tooling", "tooling"),
                            ("test", "test"),
                            ("expedite", "expedite"),
                            ("credit", "credit"),
                            ("deposit", "deposit"),
                        ],
                        max_length=24,
                    ),
                ),
                ("description", models.CharField(default="", max_length=250)),
                ("quantity", outwork.models.fields.QuantityField(default=1)),
                ("price", outwork.models.fields.MoneyField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("discount", outwork.models.fields.QuantityField(default=0)),
                (
                    "spread",
                    models.CharField(
                        choices=[
                            ("by_value", "by_value"),
                            ("by_quantity", "by_quantity"),
                            ("on_line", "on_line"),
                            ("over_units", "over_units"),
                            ("not_in_cost", "not_in_cost"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extra_lines",
                        to="outwork.purchaseline",
                    ),
                ),
                ("over_units", outwork.models.fields.QuantityField(null=True)),
                ("reference", models.CharField(default="", max_length=100)),
                ("note", models.CharField(default="", max_length=500)),
            ],
            options={
                "ordering": ["order_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="extra_line_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("spread", "on_line"), _negated=True), ("line__isnull", False), _connector="OR"
                        ),
                        name="extra_line_spread_on_a_line_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("spread", "over_units"), _negated=True), ("over_units__gt", 0), _connector="OR"
                        ),
                        name="extra_line_spread_over_units_says_how_many",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "deposit"), _negated=True), ("spread", "not_in_cost"), _connector="OR"
                        ),
                        name="extra_line_of_a_deposit_is_not_cost",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="demands", to="outwork.purchaseline"
                    ),
                ),
                (
                    "build_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="demands", to="outwork.buildline"
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "build_line"), name="demand_of_a_build_line_is_one_row"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="demand_quantity_is_positive"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="StockItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stock_items", to="outwork.part"
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("allocated", outwork.models.fields.QuantityField(default=0)),
                ("value", outwork.models.fields.MoneyField(null=True)),
                ("batch", models.CharField(default="", max_length=100)),
                ("serial", models.CharField(max_length=100, null=True)),
                ("serial_number", models.BigIntegerField(null=True)),
                ("serial_scope", models.BigIntegerField(null=True)),
                ("status", models.PositiveSmallIntegerField(default=outwork.rules.states.StockStatus["OK"])),
                ("place", models.PositiveSmallIntegerField(default=outwork.rules.places.PlaceKind["UNPLACED"])),
                (
                    "location",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_items",
                        to="outwork.location",
                    ),
                ),
                (
                    "inside",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contents",
                        to="outwork.stockitem",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivered_items",
                        to="outwork.company",
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_items",
                        to="outwork.build",
                    ),
                ),
                (
                    "build",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="output_items",
                        to="outwork.build",
                    ),
                ),
                ("is_in_production", models.BooleanField(default=False)),
                (
                    "supplier_part",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_items",
                        to="outwork.supplierpart",
                    ),
                ),
                (
                    "purchase_line",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_items",
                        to="outwork.purchaseline",
                    ),
                ),
                (
                    "split_from",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="splits",
                        to="outwork.stockitem",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot_items",
                        to="outwork.stockitem",
                    ),
                ),
                ("packaging", models.CharField(default="", max_length=50)),
                ("expiry_date", models.DateField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.owner",
                    ),
                ),
                ("link", models.CharField(db_default="", max_length=2000)),
                ("counted_at", models.DateTimeField(null=True)),
                (
                    "counted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("goes_when_empty", models.BooleanField(db_default=False)),
                ("note", models.TextField(default="")),
                ("received_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("batch", ""), _negated=True), fields=["batch"], name="stock_item_by_batch"
                    ),
                    models.Index(
                        condition=models.Q(("serial__isnull", False)), fields=["serial"], name="stock_item_by_serial"
                    ),
                    models.Index(
                        condition=models.Q(("inside__isnull", False)), fields=["inside"], name="stock_item_by_inside"
                    ),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["customer"],
                        name="stock_item_by_customer",
                    ),
                    models.Index(
                        condition=models.Q(("used_by__isnull", False)), fields=["used_by"], name="stock_item_by_used_by"
                    ),
                    models.Index(
                        condition=models.Q(("build__isnull", False)), fields=["build"], name="stock_item_by_build"
                    ),
                    models.Index(
                        condition=models.Q(("supplier_part__isnull", False)),
                        fields=["supplier_part"],
                        name="stock_item_by_supplier_part",
                    ),
                    models.Index(
                        condition=models.Q(("purchase_line__isnull", False)),
                        fields=["purchase_line"],
                        name="stock_item_by_purchase_line",
                    ),
                    models.Index(
                        condition=models.Q(("split_from__isnull", False)),
                        fields=["split_from"],
                        name="stock_item_by_split_from",
                    ),
                    models.Index(
                        condition=models.Q(("root__isnull", False)), fields=["root"], name="stock_item_by_root"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="stock_item_quantity_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("allocated__gte", 0), ("allocated__lte", models.F("quantity"))),
                        name="stock_item_allocated_is_within_its_quantity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("location__isnull", False), ("place", outwork.rules.places.PlaceKind["LOCATION"])
                            ),
                            models.Q(
                                models.Q(("place", outwork.rules.places.PlaceKind["LOCATION"]), _negated=True),
                                ("location__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="stock_item_at_a_location_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("inside__isnull", False), ("place", outwork.rules.places.PlaceKind["INSIDE"])),
                            models.Q(
                                models.Q(("place", outwork.rules.places.PlaceKind["INSIDE"]), _negated=True),
                                ("inside__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="stock_item_inside_another_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("customer__isnull", False), ("place", outwork.rules.places.PlaceKind["CUSTOMER"])
                            ),
                            models.Q(
                                models.Q(("place", outwork.rules.places.PlaceKind["CUSTOMER"]), _negated=True),
                                ("customer__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="stock_item_at_a_customer_names_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", outwork.rules.places.PlaceKind["USED"]), _negated=True),
                            ("used_by__isnull", False),
                            _connector="OR",
                        ),
                        name="stock_item_used_up_names_its_build",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_in_production", False), ("build__isnull", False), _connector="OR"),
                        name="stock_item_in_production_names_its_build",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("serial__isnull", True), ("quantity", 1), ("quantity", 0), _connector="OR"),
                        name="stock_item_with_a_serial_is_one_piece",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("serial__isnull", True), ("serial_scope__isnull", True)),
                            models.Q(("serial__isnull", False), ("serial_scope__isnull", False)),
                            _connector="OR",
                        ),
                        name="stock_item_serial_has_a_scope",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("serial__isnull", False),
                            models.Q(("place", outwork.rules.places.PlaceKind["GONE"]), _negated=True),
                        ),
                        fields=("serial_scope", "serial"),
                        name="stock_item_serial_is_unique_in_its_scope",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("key", models.CharField(max_length=200, null=True)),
                ("request_hash", models.CharField(default="", max_length=64)),
                ("result", models.JSONField(null=True)),
                ("reason", models.TextField(default="")),
                ("data", models.JSONField(default=dict)),
                (
                    "reverses",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="outwork.event",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="outwork.part",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="outwork.company",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="outwork.stockitem",
                    ),
                ),
                (
                    "build",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="outwork.build",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="outwork.purchaseorder",
                    ),
                ),
                (
                    "supplier_return",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="outwork.supplierreturn",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("part__isnull", False)), fields=["part"], name="event_on_part"),
                    models.Index(
                        condition=models.Q(("company__isnull", False)), fields=["company"], name="event_on_company"
                    ),
                    models.Index(condition=models.Q(("item__isnull", False)), fields=["item"], name="event_on_item"),
                    models.Index(condition=models.Q(("build__isnull", False)), fields=["build"], name="event_on_build"),
                    models.Index(condition=models.Q(("order__isnull", False)), fields=["order"], name="event_on_order"),
                    models.Index(
                        condition=models.Q(("supplier_return__isnull", False)),
                        fields=["supplier_return"],
                        name="event_on_supplier_return",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key__isnull", False)),
                        fields=("actor", "key"),
                        name="event_key_is_used_once_by_an_actor",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=("reverses",),
                        name="event_is_reversed_at_most_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BomSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "assembly",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bom_snapshots", to="outwork.part"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("note", models.CharField(default="", max_length=500)),
                ("checksum", models.CharField(max_length=64)),
                ("lines", models.JSONField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bom_snapshots", to="outwork.event"
                    ),
                ),
            ],
            options={
                "ordering": ["assembly_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("assembly", "number"), name="bom_snapshot_number_is_given_once")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="BuildOutput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "build",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outputs", to="outwork.build"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outputs",
                        to="outwork.stockitem",
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("state", models.PositiveSmallIntegerField(default=outwork.rules.states.OutputState["IN_PRODUCTION"])),
                (
                    "manufacturer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.company"
                    ),
                ),
                (
                    "purchase_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outputs",
                        to="outwork.purchaseline",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "made_event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outputs_made", to="outwork.event"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "decided_event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outputs_decided",
                        to="outwork.event",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(default="", max_length=500)),
                ("has_components", models.BooleanField(default=True)),
                (
                    "waits_for",
                    models.CharField(
                        choices=[("inspection", "inspection"), ("rework", "rework")], db_default="", max_length=12
                    ),
                ),
                ("has_concession", models.BooleanField(db_default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["build", "state"], name="build_output_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="build_output_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("item__isnull", False),
                            (
                                "state__in",
                                [
                                    outwork.rules.states.OutputState["SCRAPPED"],
                                    outwork.rules.states.OutputState["WITHDRAWN"],
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="build_output_without_stock_was_scrapped_at_the_manufacturer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    outwork.rules.states.OutputState["IN_PRODUCTION"],
                                    outwork.rules.states.OutputState["WITHDRAWN"],
                                ],
                            ),
                            ("decided_event__isnull", False),
                            _connector="OR",
                        ),
                        name="build_output_that_was_decided_names_the_event",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "supplier_part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_changes",
                        to="outwork.supplierpart",
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("before", outwork.models.fields.MoneyField(null=True)),
                ("before_currency", models.CharField(default="", max_length=3)),
                ("after", outwork.models.fields.MoneyField(null=True)),
                ("after_currency", models.CharField(default="", max_length=3)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="price_changes", to="outwork.event"
                    ),
                ),
            ],
            options={
                "ordering": ["supplier_part_id", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("before__isnull", False), ("after__isnull", False), _connector="OR"),
                        name="price_change_is_of_a_price",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PromiseChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promise_changes",
                        to="outwork.purchaseline",
                    ),
                ),
                ("which", models.CharField(max_length=12)),
                ("before", models.DateField(null=True)),
                ("after", models.DateField(null=True)),
                ("reason", models.CharField(default="", max_length=500)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="promise_changes", to="outwork.event"
                    ),
                ),
            ],
            options={
                "ordering": ["line_id", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("which__in", ["requested", "confirmed", "promised"])),
                        name="promise_change_is_of_a_requested_confirmed_or_promised_date",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AnnouncedDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announced_deliveries",
                        to="outwork.purchaseline",
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("received", outwork.models.fields.QuantityField(default=0)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("air", "air"),
                            ("sea", "sea"),
                            ("rail", "rail"),
                            ("road", "road"),
                            ("courier", "courier"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("carrier", models.CharField(default="", max_length=100)),
                ("tracking_number", models.CharField(default="", max_length=100)),
                ("expected_date", models.DateField(null=True)),
                ("serials", models.JSONField(default=list)),
                ("batch", models.CharField(default="", max_length=100)),
                ("is_cancelled", models.BooleanField(default=False)),
                ("is_closed", models.BooleanField(default=False)),
                ("note", models.CharField(default="", max_length=500)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announced_deliveries",
                        to="outwork.event",
                    ),
                ),
            ],
            options={
                "ordering": ["line_id", "expected_date", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("tracking_number", ""), _negated=True),
                        fields=["tracking_number"],
                        name="announced_delivery_by_tracking",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="announced_delivery_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("received__gte", 0)), name="announced_delivery_received_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SerialReservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.BigIntegerField()),
                ("prefix", models.CharField(default="", max_length=80)),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("width", models.PositiveSmallIntegerField(default=0)),
                (
                    "build",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="serial_reservations",
                        to="outwork.build",
                    ),
                ),
                (
                    "purchase_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="serial_reservations",
                        to="outwork.purchaseline",
                    ),
                ),
                ("is_void", models.BooleanField(default=False)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="serial_reservations",
                        to="outwork.event",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["scope", "last"], name="serial_reservation_by_scope")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 0), ("first__lte", models.F("last"))),
                        name="serial_reservation_goes_from_first_to_last",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("build__isnull", False), ("purchase_line__isnull", False), _connector="OR"),
                        name="serial_reservation_is_for_a_build_or_an_order_line",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TestResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="test_results", to="outwork.stockitem"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="outwork.testtemplate"
                    ),
                ),
                ("passed", models.BooleanField()),
                ("value", models.CharField(default="", max_length=500)),
                ("note", models.CharField(default="", max_length=500)),
                ("station", models.CharField(default="", max_length=500)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("tested_at", models.DateTimeField()),
                (
                    "tested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="test_results", to="outwork.event"
                    ),
                ),
            ],
            options={
                "ordering": ["item_id", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_at__isnull", True),
                            ("finished_at__isnull", True),
                            ("started_at__lte", models.F("finished_at")),
                            _connector="OR",
                        ),
                        name="test_result_starts_before_it_ends",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "build_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="outwork.buildline"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="outwork.stockitem"
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                (
                    "output",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="outwork.buildoutput",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="allocation_quantity_is_positive"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("output__isnull", True)),
                        fields=("build_line", "item"),
                        name="allocation_of_an_item_to_a_line_is_one_row",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("output__isnull", False)),
                        fields=("build_line", "item", "output"),
                        name="allocation_of_an_item_to_a_line_and_output_is_one_row",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ReportedLot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "build_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_lots",
                        to="outwork.buildline",
                    ),
                ),
                (
                    "output",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reported_lots",
                        to="outwork.buildoutput",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.company"
                    ),
                ),
                ("mpn", models.CharField(default="", max_length=100)),
                ("lot", models.CharField(default="", max_length=100)),
                ("date_code", models.CharField(default="", max_length=50)),
                ("quantity", outwork.models.fields.QuantityField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.event"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mpn", ""), _negated=True),
                            models.Q(("lot", ""), _negated=True),
                            models.Q(("date_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="reported_lot_says_something",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="outwork.event"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "opening"),
                            ("received", "received"),
                            ("added", "added"),
                            ("removed", "removed"),
                            ("counted", "counted"),
                            ("moved", "moved"),
                            ("split", "split"),
                            ("sent", "sent"),
                            ("made", "made"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                            ("used", "used"),
                            ("lost", "lost"),
                            ("installed", "installed"),
                            ("unused", "unused"),
                            ("uninstalled", "uninstalled"),
                            ("returned", "returned"),
                            ("came back", "came back"),
                            ("delivered", "delivered"),
                            ("merged", "merged"),
                            ("serialised", "serialised"),
                            ("converted", "converted"),
                            ("written off", "written off"),
                            ("reversed", "reversed"),
                            ("revalued", "revalued"),
                            ("costed", "costed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                (
                    "source_item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements_out",
                        to="outwork.stockitem",
                    ),
                ),
                (
                    "target_item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements_in",
                        to="outwork.stockitem",
                    ),
                ),
                ("source_place", models.PositiveSmallIntegerField(null=True)),
                ("target_place", models.PositiveSmallIntegerField(null=True)),
                (
                    "source_location",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.location",
                    ),
                ),
                (
                    "target_location",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.location",
                    ),
                ),
                (
                    "container",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.stockitem",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.company",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="outwork.part",
                    ),
                ),
                ("batch", models.CharField(default="", max_length=100)),
                ("serial", models.CharField(max_length=100, null=True)),
                (
                    "build",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="outwork.build",
                    ),
                ),
                (
                    "build_line",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="outwork.buildline",
                    ),
                ),
                (
                    "output",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="outwork.buildoutput",
                    ),
                ),
                (
                    "manufacturer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.company",
                    ),
                ),
                (
                    "purchase_line",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="outwork.purchaseline",
                    ),
                ),
                (
                    "supplier_return",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="outwork.supplierreturn",
                    ),
                ),
                ("value", outwork.models.fields.MoneyField(null=True)),
                ("amount", outwork.models.fields.MoneyField(null=True)),
                ("currency", models.CharField(default="", max_length=3)),
                ("rate", outwork.models.fields.RateField(null=True)),
                (
                    "reverses",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outwork.movement",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="outwork.movement",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["part", "at"], name="movement_by_part"),
                    models.Index(
                        condition=models.Q(("source_item__isnull", False)),
                        fields=["source_item"],
                        name="movement_by_source_item",
                    ),
                    models.Index(
                        condition=models.Q(("target_item__isnull", False)),
                        fields=["target_item"],
                        name="movement_by_target_item",
                    ),
                    models.Index(
                        condition=models.Q(("build__isnull", False)), fields=["build"], name="movement_by_build"
                    ),
                    models.Index(
                        condition=models.Q(("build_line__isnull", False)),
                        fields=["build_line"],
                        name="movement_by_build_line",
                    ),
                    models.Index(
                        condition=models.Q(("output__isnull", False)), fields=["output"], name="movement_by_output"
                    ),
                    models.Index(
                        condition=models.Q(("purchase_line__isnull", False)),
                        fields=["purchase_line"],
                        name="movement_by_purchase_line",
                    ),
                    models.Index(
                        condition=models.Q(("supplier_return__isnull", False)),
                        fields=["supplier_return"],
                        name="movement_by_supplier_return",
                    ),
                    models.Index(
                        condition=models.Q(("corrects__isnull", False)),
                        fields=["corrects"],
                        name="movement_by_corrects",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0)), name="movement_quantity_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("kind__in", ["revalued", "costed"]), _connector="OR"),
                        name="movement_of_nothing_changes_only_the_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_item__isnull", False), ("target_item__isnull", False), _connector="OR"
                        ),
                        name="movement_has_stock_on_a_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source_item__isnull", True), ("source_place__isnull", True)),
                            models.Q(("source_item__isnull", False), ("source_place__isnull", False)),
                            _connector="OR",
                        ),
                        name="movement_source_is_an_item_at_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("target_item__isnull", True), ("target_place__isnull", True)),
                            models.Q(("target_item__isnull", False), ("target_place__isnull", False)),
                            _connector="OR",
                        ),
                        name="movement_target_is_an_item_at_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("source_place", outwork.rules.places.PlaceKind["LOCATION"]),
                                ("source_location__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    models.Q(
                                        ("source_place", outwork.rules.places.PlaceKind["LOCATION"]), _negated=True
                                    ),
                                    ("source_place__isnull", True),
                                    _connector="OR",
                                ),
                                ("source_location__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="movement_source_location_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("target_place", outwork.rules.places.PlaceKind["LOCATION"]),
                                ("target_location__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    models.Q(
                                        ("target_place", outwork.rules.places.PlaceKind["LOCATION"]), _negated=True
                                    ),
                                    ("target_place__isnull", True),
                                    _connector="OR",
                                ),
                                ("target_location__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="movement_target_location_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrects__isnull", False), ("kind", "revalued")),
                            models.Q(models.Q(("kind", "revalued"), _negated=True), ("corrects__isnull", True)),
                            _connector="OR",
                        ),
                        name="movement_that_revalues_names_what_it_corrects",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects__isnull", True), ("corrects__lt", models.F("id")), _connector="OR"
                        ),
                        name="movement_corrects_an_earlier_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=("reverses",),
                        name="movement_is_reversed_at_most_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierReturnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="outwork.supplierreturn"
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="return_lines", to="outwork.stockitem"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.part"),
                ),
                ("quantity", outwork.models.fields.QuantityField()),
                ("came_back", outwork.models.fields.QuantityField(default=0)),
                (
                    "purchase_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="outwork.purchaseline",
                    ),
                ),
                (
                    "build",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="outwork.build",
                    ),
                ),
                (
                    "output",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="outwork.buildoutput",
                    ),
                ),
                ("reason", models.CharField(default="", max_length=500)),
                ("credit", outwork.models.fields.MoneyField(null=True)),
                ("credit_value", outwork.models.fields.MoneyField(null=True)),
                ("is_kept", models.BooleanField(db_default=False)),
                ("cost", outwork.models.fields.MoneyField(null=True)),
            ],
            options={
                "ordering": ["document_id", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="supplier_return_line_quantity_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("came_back__gte", 0), ("came_back__lte", models.F("quantity"))),
                        name="supplier_return_line_came_back_is_within_its_quantity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credit__isnull", True), ("credit__gte", 0), _connector="OR"),
                        name="supplier_return_line_credit_is_not_negative",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.RunPython(
            code=_counting.count_every_table,
            reverse_code=django.db.migrations.operations.special.RunPython.noop,
        ),
    ]
