from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('auth', '0001_initial'), ('seals', '0001_initial')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='Holder',
            options={'table': 'holder', 'app': 'seals', 'pk_attr': 'person_id', 'table_description': "A person's holder key pair, the private half opens only with PIN, web pepper and sealer pepper."},
        ),
        ops.AlterModelOptions(
            name='Likeness',
            options={'table': 'likeness', 'app': 'seals', 'pk_attr': 'seal_id', 'table_description': 'How an imprint looks, to find those it is too like (R79), see `seals/likeness.py`.'},
        ),
    ]
