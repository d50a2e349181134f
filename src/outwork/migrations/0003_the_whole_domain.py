from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import outwork.models.fields
import outwork.rules.states
from outwork.migrations._people_of_0_1 import keep_rights

_counting = import_module("outwork.migrations.0002_sqlite_counts_every_table")


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("outwork", "0002_sqlite_counts_every_table"),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
        ),
        migrations.CreateModel(
            name="AnnouncedDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
            ],
            options={
                "ordering": ["line_id", "expected_date", "id"],
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
                ("uploaded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BomSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("note", models.CharField(default="", max_length=500)),
                ("checksum", models.CharField(max_length=64)),
                ("lines", models.JSONField()),
            ],
            options={
                "ordering": ["assembly_id", "number"],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("role", models.CharField(default="", max_length=100)),
                ("email", models.CharField(default="", max_length=254)),
                ("phone", models.CharField(default="", max_length=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", outwork.models.fields.QuantityField()),
            ],
        ),
        migrations.CreateModel(
            name="InternalPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", outwork.models.fields.QuantityField()),
                ("price", outwork.models.fields.MoneyField()),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "ordering": ["part_id", "quantity"],
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
        ),
        migrations.CreateModel(
            name="Owner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Parameter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField()),
                ("text", models.CharField(max_length=500)),
                ("number", models.FloatField(null=True)),
                ("note", models.CharField(default="", max_length=500)),
            ],
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
        ),
        migrations.CreateModel(
            name="PriceChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", outwork.models.fields.QuantityField()),
                ("before", outwork.models.fields.MoneyField(null=True)),
                ("before_currency", models.CharField(default="", max_length=3)),
                ("after", outwork.models.fields.MoneyField(null=True)),
                ("after_currency", models.CharField(default="", max_length=3)),
            ],
            options={
                "ordering": ["supplier_part_id", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProjectCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=50, unique=True)),
                ("description", models.CharField(default="", max_length=200)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="RelatedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(default="", max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(max_length=32)),
                ("may_view", models.BooleanField(default=False)),
                ("may_add", models.BooleanField(default=False)),
                ("may_change", models.BooleanField(default=False)),
                ("may_delete", models.BooleanField(default=False)),
            ],
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
                ("is_void", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SupplierReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("reference_number", models.BigIntegerField(default=0)),
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
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SupplierReturnLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                ("quantity", outwork.models.fields.QuantityField()),
                ("came_back", outwork.models.fields.QuantityField(default=0)),
                ("reason", models.CharField(default="", max_length=500)),
                ("credit", outwork.models.fields.MoneyField(null=True)),
                ("credit_value", outwork.models.fields.MoneyField(null=True)),
                ("is_kept", models.BooleanField(db_default=False)),
                ("cost", outwork.models.fields.MoneyField(null=True)),
            ],
            options={
                "ordering": ["document_id", "position", "id"],
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
        ),
        migrations.CreateModel(
            name="TestResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passed", models.BooleanField()),
                ("value", models.CharField(default="", max_length=500)),
                ("note", models.CharField(default="", max_length=500)),
                ("station", models.CharField(default="", max_length=500)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("tested_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["item_id", "id"],
            },
        ),
        migrations.CreateModel(
            name="TestTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=100)),
                ("description", models.CharField(default="", max_length=100)),
                ("is_required", models.BooleanField(default=True)),
                ("is_active", models.BooleanField(default=True)),
                ("needs_value", models.BooleanField(default=False)),
                ("needs_attachment", models.BooleanField(default=False)),
                ("choices", models.JSONField(default=list)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="buildoutput",
            name="build_output_without_stock_was_scrapped_at_the_manufacturer",
        ),
        migrations.AddField(
            model_name="bomline",
            name="checksum",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="bomsubstitute",
            name="approved_by",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.AddField(
            model_name="bomsubstitute",
            name="approved_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="bomsubstitute",
            name="note",
            field=models.CharField(default="", max_length=500),
        ),
        migrations.AddField(
            model_name="build",
            name="feeds_parent",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="build",
            name="split_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="successors", to="outwork.build"
            ),
        ),
        migrations.AddField(
            model_name="buildline",
            name="approved_by",
            field=models.CharField(db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="buildline",
            name="deviation",
            field=models.CharField(db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="buildline",
            name="shares",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="buildlinesubstitute",
            name="approved_by",
            field=models.CharField(db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="buildlinesubstitute",
            name="is_for_this_build",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="buildlinesubstitute",
            name="note",
            field=models.CharField(db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="buildoutput",
            name="has_concession",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="buildoutput",
            name="waits_for",
            field=models.CharField(
                choices=[("inspection", "inspection"), ("rework", "rework")], db_default="", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="default_keywords",
            field=models.CharField(default="", max_length=250),
        ),
        migrations.AddField(
            model_name="category",
            name="icon",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.AddField(
            model_name="company",
            name="incoterm",
            field=models.CharField(default="", max_length=50),
        ),
        migrations.AddField(
            model_name="company",
            name="payment_terms",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.AddField(
            model_name="company",
            name="tax_number",
            field=models.CharField(default="", max_length=50),
        ),
        migrations.AddField(
            model_name="location",
            name="icon",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.AddField(
            model_name="part",
            name="bom_checksum",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="part",
            name="bom_validated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="part",
            name="bom_validated_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="part",
            name="harmonised_code",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AddField(
            model_name="part",
            name="maximum_stock",
            field=outwork.models.fields.QuantityField(default=0),
        ),
        migrations.AddField(
            model_name="part",
            name="origin_country",
            field=models.CharField(default="", max_length=2),
        ),
        migrations.AddField(
            model_name="part",
            name="stage",
            field=models.CharField(
                choices=[("prototype", "prototype"), ("released", "released"), ("obsolete", "obsolete")],
                default="released",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="part",
            name="weight",
            field=outwork.models.fields.QuantityField(null=True),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="incoterm",
            field=models.CharField(default="", max_length=50),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="payment_terms",
            field=models.CharField(default="", max_length=100),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="counted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="counted_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="goes_when_empty",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="link",
            field=models.CharField(db_default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="supplierpart",
            name="available",
            field=outwork.models.fields.QuantityField(null=True),
        ),
        migrations.AddField(
            model_name="supplierpart",
            name="available_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="movement",
            name="kind",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="buildoutput",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("item__isnull", False),
                    (
                        "state__in",
                        [outwork.rules.states.OutputState["SCRAPPED"], outwork.rules.states.OutputState["WITHDRAWN"]],
                    ),
                    _connector="OR",
                ),
                name="build_output_without_stock_was_scrapped_at_the_manufacturer",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="addresses", to="outwork.company"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="address",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.address"
            ),
        ),
        migrations.AddField(
            model_name="announceddelivery",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="announced_deliveries", to="outwork.event"
            ),
        ),
        migrations.AddField(
            model_name="announceddelivery",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="announced_deliveries",
                to="outwork.purchaseline",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="uploaded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="company",
            name="image",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="outwork.attachment"
            ),
        ),
        migrations.AddField(
            model_name="part",
            name="image",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="outwork.attachment"
            ),
        ),
        migrations.AddField(
            model_name="bomsnapshot",
            name="assembly",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bom_snapshots", to="outwork.part"
            ),
        ),
        migrations.AddField(
            model_name="bomsnapshot",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bom_snapshots", to="outwork.event"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="outwork.company"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="contact",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.contact"
            ),
        ),
        migrations.AddField(
            model_name="demand",
            name="build_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="demands", to="outwork.buildline"
            ),
        ),
        migrations.AddField(
            model_name="demand",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="demands", to="outwork.purchaseline"
            ),
        ),
        migrations.AddField(
            model_name="internalprice",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="internal_prices", to="outwork.part"
            ),
        ),
        migrations.AddField(
            model_name="location",
            name="location_type",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="locations",
                to="outwork.locationtype",
            ),
        ),
        migrations.AddField(
            model_name="owner",
            name="group",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="owner", to="auth.group"
            ),
        ),
        migrations.AddField(
            model_name="owner",
            name="user",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="owner",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="location",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.owner"
            ),
        ),
        migrations.AddField(
            model_name="part",
            name="responsible",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.owner"
            ),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="outwork.owner",
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(fields=["minimum_stock"], name="part_by_minimum_stock"),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.CheckConstraint(
                condition=models.Q(("maximum_stock__gte", 0)), name="part_maximum_stock_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__isnull", True), ("weight__gt", 0), _connector="OR"),
                name="part_weight_is_positive",
            ),
        ),
        migrations.AddField(
            model_name="parameter",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parameters", to="outwork.parametertemplate"
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="price_changes", to="outwork.event"
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="supplier_part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="price_changes", to="outwork.supplierpart"
            ),
        ),
        migrations.AddField(
            model_name="projectcode",
            name="responsible",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.owner"
            ),
        ),
        migrations.AddField(
            model_name="build",
            name="project_code",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="builds", to="outwork.projectcode"
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="project_code",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="purchase_orders",
                to="outwork.projectcode",
            ),
        ),
        migrations.AddField(
            model_name="relatedpart",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="related_from", to="outwork.part"
            ),
        ),
        migrations.AddField(
            model_name="relatedpart",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="related_to", to="outwork.part"
            ),
        ),
        migrations.AddField(
            model_name="role",
            name="group",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="auth.group"),
        ),
        migrations.AddField(
            model_name="serialreservation",
            name="build",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="serial_reservations",
                to="outwork.build",
            ),
        ),
        migrations.AddField(
            model_name="serialreservation",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="serial_reservations", to="outwork.event"
            ),
        ),
        migrations.AddField(
            model_name="serialreservation",
            name="purchase_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="serial_reservations",
                to="outwork.purchaseline",
            ),
        ),
        migrations.AddField(
            model_name="supplierreturn",
            name="responsible",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="supplierreturn",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="supplier_returns", to="outwork.company"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="supplier_return",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="outwork.supplierreturn",
            ),
        ),
        migrations.AddField(
            model_name="movement",
            name="supplier_return",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="outwork.supplierreturn",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("supplier_return__isnull", False)),
                fields=["supplier_return"],
                name="event_on_supplier_return",
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                condition=models.Q(("supplier_return__isnull", False)),
                fields=["supplier_return"],
                name="movement_by_supplier_return",
            ),
        ),
        migrations.AddField(
            model_name="supplierreturnline",
            name="build",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="return_lines", to="outwork.build"
            ),
        ),
        migrations.AddField(
            model_name="supplierreturnline",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="outwork.supplierreturn"
            ),
        ),
        migrations.AddField(
            model_name="supplierreturnline",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="return_lines", to="outwork.stockitem"
            ),
        ),
        migrations.AddField(
            model_name="supplierreturnline",
            name="output",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="return_lines",
                to="outwork.buildoutput",
            ),
        ),
        migrations.AddField(
            model_name="supplierreturnline",
            name="part",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outwork.part"),
        ),
        migrations.AddField(
            model_name="supplierreturnline",
            name="purchase_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="return_lines",
                to="outwork.purchaseline",
            ),
        ),
        migrations.AddIndex(
            model_name="tag",
            index=models.Index(fields=["subject_kind", "word"], name="tag_by_word"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                fields=("subject_kind", "subject_id", "word"), name="tag_is_put_on_a_subject_once"
            ),
        ),
        migrations.AddField(
            model_name="testresult",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="test_results", to="outwork.event"
            ),
        ),
        migrations.AddField(
            model_name="testresult",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="test_results", to="outwork.stockitem"
            ),
        ),
        migrations.AddField(
            model_name="testresult",
            name="tested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="testtemplate",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="test_templates", to="outwork.part"
            ),
        ),
        migrations.AddField(
            model_name="testresult",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="results", to="outwork.testtemplate"
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)),
                fields=("company",),
                name="address_is_primary_once_for_a_company",
            ),
        ),
        migrations.AddIndex(
            model_name="announceddelivery",
            index=models.Index(
                condition=models.Q(("tracking_number", ""), _negated=True),
                fields=["tracking_number"],
                name="announced_delivery_by_tracking",
            ),
        ),
        migrations.AddConstraint(
            model_name="announceddelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="announced_delivery_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="announceddelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__gte", 0)), name="announced_delivery_received_is_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["subject_kind", "subject_id"], name="attachment_by_subject"),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("digest", ""), _negated=True), fields=["digest"], name="attachment_by_digest"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("link", ""), models.Q(("digest", ""), _negated=True)),
                    models.Q(models.Q(("link", ""), _negated=True), ("digest", "")),
                    _connector="OR",
                ),
                name="attachment_is_a_file_or_a_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="bomsnapshot",
            constraint=models.UniqueConstraint(fields=("assembly", "number"), name="bom_snapshot_number_is_given_once"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["subject_kind", "subject_id"], name="comment_by_subject"),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.UniqueConstraint(fields=("line", "build_line"), name="demand_of_a_build_line_is_one_row"),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="demand_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="internalprice",
            constraint=models.UniqueConstraint(
                fields=("part", "quantity"), name="internal_price_quantity_is_stated_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="internalprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="internal_price_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="internalprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)), name="internal_price_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="owner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("user__isnull", False)),
                    models.Q(("group__isnull", False), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="owner_is_a_user_or_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="parameter",
            constraint=models.UniqueConstraint(
                fields=("subject_kind", "subject_id", "template"), name="parameter_of_a_subject_is_stated_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricechange",
            constraint=models.CheckConstraint(
                condition=models.Q(("before__isnull", False), ("after__isnull", False), _connector="OR"),
                name="price_change_is_of_a_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="relatedpart",
            constraint=models.UniqueConstraint(fields=("part", "other"), name="related_part_is_named_once"),
        ),
        migrations.AddConstraint(
            model_name="relatedpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("part", models.F("other")), _negated=True), name="related_part_is_another_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.UniqueConstraint(fields=("group", "area"), name="role_of_a_group_in_an_area_is_one_row"),
        ),
        migrations.AddIndex(
            model_name="serialreservation",
            index=models.Index(fields=["scope", "last"], name="serial_reservation_by_scope"),
        ),
        migrations.AddConstraint(
            model_name="serialreservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__gte", 0), ("first__lte", models.F("last"))),
                name="serial_reservation_goes_from_first_to_last",
            ),
        ),
        migrations.AddConstraint(
            model_name="serialreservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("build__isnull", False), ("purchase_line__isnull", False), _connector="OR"),
                name="serial_reservation_is_for_a_build_or_an_order_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplierreturnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="supplier_return_line_quantity_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplierreturnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("came_back__gte", 0), ("came_back__lte", models.F("quantity"))),
                name="supplier_return_line_came_back_is_within_its_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplierreturnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("credit__isnull", True), ("credit__gte", 0), _connector="OR"),
                name="supplier_return_line_credit_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="testtemplate",
            constraint=models.UniqueConstraint(fields=("part", "key"), name="test_template_is_known_once_for_a_part"),
        ),
        migrations.AddConstraint(
            model_name="testresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_at__isnull", True),
                    ("finished_at__isnull", True),
                    ("started_at__lte", models.F("finished_at")),
                    _connector="OR",
                ),
                name="test_result_starts_before_it_ends",
            ),
        ),
        migrations.RunPython(_counting.count_every_table, migrations.RunPython.noop),
        migrations.RunPython(keep_rights, migrations.RunPython.noop),
    ]
