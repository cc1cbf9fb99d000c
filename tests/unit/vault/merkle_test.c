/* Against the reference leaves and roots of the Certificate Transparency
 * project's own tests of RFC 6962. */
#include "vault/merkle.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "tap.h"

static const char *const leaves[8] = { "", "00", "10", "2021", "3031",
    "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
static const char *const roots[9] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static bool
root_is(const struct merkle *m, const char *want)
{
	uint8_t root[32], text[64];
	struct buf b = buf_over(text, sizeof(text));

	merkle_root(m, root);
	return hex_encode((struct span){ root, 32 }, &b) == ST_OK
	    && span_is(buf_span(&b), want);
}

static struct span
leaf(size_t i, uint8_t *storage)
{
	struct buf b = buf_over(storage, 16);

	return hex_decode(span_of(leaves[i]), &b) == ST_OK
	    ? buf_span(&b) : (struct span){ NULL, 0 };
}

static void
test_reference_roots(void)
{
	struct merkle m;
	uint8_t storage[16];

	merkle_init(&m);
	ok(root_is(&m, roots[0]), "no leaves");
	for (size_t i = 0; i < 8; i++) {
		merkle_add(&m, leaf(i, storage));
		ok(root_is(&m, roots[i + 1]), "%zu leaves", i + 1);
	}
}

/* A frontier that was stored and read goes on as if it never left. */
static void
test_store_and_load(void)
{
	struct merkle m, copy;
	uint8_t storage[16];
	bool same = true;

	merkle_init(&m);
	for (size_t i = 0; i < 8; i++) {
		same = same && merkle_load(&copy, m.size, merkle_frontier(&m))
		    == ST_OK;
		merkle_add(&copy, leaf(i, storage));
		merkle_add(&m, leaf(i, storage));
		same = same && root_is(&copy, roots[i + 1]);
	}
	ok(same, "storing the frontier at any size loses nothing");
	ok(merkle_load(&copy, 7, merkle_frontier(&m)) == ST_CORRUPT,
	    "a frontier of another size is refused");
	ok(merkle_load(&copy, UINT64_MAX, (struct span){ storage, 16 })
	    == ST_CORRUPT, "so are bytes that are none");
}

int
main(void)
{
	test_reference_roots();
	test_store_and_load();
	return done_testing();
}
